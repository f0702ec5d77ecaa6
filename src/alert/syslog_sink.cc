#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

#include "alert/detail/connect.h"
#include "alert/detail/delivery.h"
#include "alert/detail/syslog_message.h"
#include "alert/detail/syslog_target.h"
#include "alert/detail/tls_stream.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using detail::Attempt;
using detail::Bell;
using detail::Clock;
using detail::Confirmation;
using detail::Descriptor;
using detail::Stream;
using detail::SyslogTarget;
using detail::SyslogTransport;

// To connect, to shake hands, to get rid of one message.
constexpr std::chrono::seconds kConnectTimeout{10};
constexpr std::chrono::seconds kWriteTimeout{10};

// One datagram for each message: RFC 5426, or a local socket. What has left this machine (or was taken by the
// local server) counts as delivered.
class DatagramCarrier : public detail::Carrier {
 public:
  explicit DatagramCarrier(SyslogTarget target) : target_(std::move(target)) {}

  Attempt attempt(const std::string& text, const Bell& bell) override {
    if (!socket_.is_open() && !connect(bell)) return Attempt::kAgain;
    const auto deadline = Clock::now() + kWriteTimeout;
    for (;;) {
      if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
        return Attempt::kDelivered;
      }
      if (errno == EINTR) continue;
      if (errno == EMSGSIZE) return note(errno), Attempt::kRefused;
      const bool is_full = errno == EAGAIN;
      note(errno);
      if (is_full && wait_for(socket_.get(), POLLOUT, deadline, bell) == detail::Ready::kYes) continue;
      // The server may be another one by now, at another address or inode.
      socket_ = Descriptor();
      return Attempt::kAgain;
    }
  }

  [[nodiscard]] std::string error() const override { return error_; }

 private:
  bool connect(const Bell& bell) {
    auto socket = target_.transport == SyslogTransport::kUnix
                      ? detail::connect_to_path(target_.path)
                      : detail::connect_to(target_.host, target_.port, SOCK_DGRAM,
                                           Clock::now() + kConnectTimeout, bell);
    if (!socket) {
      error_ = socket.error().message();
      return false;
    }
    socket_ = *std::move(socket);
    return true;
  }
  void note(int error) { error_ = target_.to_string() + ": " + std::strerror(error); }

  SyslogTarget target_;
  Descriptor socket_;
  std::string error_;
};

// Messages one behind the other in one connection, each with its length in front (RFC 6587 §3.4.1, RFC 5425
// §4.3). Syslog has no acknowledgments, but TCP has: a message counts as arrived when the other end's TCP has
// acknowledged its last octet.
class StreamCarrier : public detail::Carrier {
 public:
  StreamCarrier(SyslogTarget target, std::unique_ptr<detail::TlsClient> tls)
      : target_(std::move(target)), tls_(std::move(tls)) {}

  Attempt attempt(const std::string& text, const Bell& bell) override {
    if (stream_ != nullptr && !stream_->is_alive()) {
      drop("the server closed the connection");
      return Attempt::kAgain;
    }
    if (stream_ == nullptr && !connect(bell)) return Attempt::kAgain;
    const std::string frame = std::to_string(text.size()) + ' ' + text;
    if (auto written = stream_->write(frame, Clock::now() + kWriteTimeout, bell); !written) {
      drop(written.error().cause);
      return Attempt::kAgain;
    }
    ends_.push_back(stream_->written());
    return Attempt::kSent;
  }

  Confirmation confirm() override {
    if (stream_ != nullptr) {
      count_arrived();
      if (!ends_.empty() && !stream_->is_alive()) drop("the server closed the connection");
    }
    return {std::exchange(arrived_, 0), std::exchange(is_broken_, false)};
  }

  [[nodiscard]] std::string error() const override { return error_; }

 private:
  bool connect(const Bell& bell) {
    const auto deadline = Clock::now() + kConnectTimeout;
    auto socket = detail::connect_to(target_.host, target_.port, SOCK_STREAM, deadline, bell);
    if (!socket) return refuse(socket.error());
    if (tls_ == nullptr) {
      stream_ = detail::make_plain_stream(*std::move(socket));
      return true;
    }
    auto stream = tls_->connect(*std::move(socket), target_.host, target_.to_string(), deadline, bell);
    if (!stream) return refuse(stream.error());
    stream_ = *std::move(stream);
    return true;
  }

  bool refuse(const Error& error) {
    error_ = error.message();
    return false;
  }

  void count_arrived() {
    const std::uint64_t acknowledged = stream_->acknowledged();
    for (; !ends_.empty() && ends_.front() <= acknowledged; ++arrived_) ends_.pop_front();
  }

  void drop(const std::string& cause) {
    count_arrived();
    error_ = target_.to_string() + ": " + cause;
    ends_.clear();
    stream_.reset();
    is_broken_ = true;
  }

  SyslogTarget target_;
  std::unique_ptr<detail::TlsClient> tls_;  // none: plain TCP
  std::unique_ptr<Stream> stream_;
  std::deque<std::uint64_t> ends_;  // of messages not known to have arrived, by Stream::written()
  std::size_t arrived_ = 0;         // not yet told
  bool is_broken_ = false;          // not yet told
  std::string error_;
};

detail::SyslogHeader header_of(const SyslogOptions& options) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return {options.facility, host.data(), options.app_name, std::to_string(getpid())};
}

class SyslogSink : public Sink {
 public:
  SyslogSink(std::unique_ptr<detail::Carrier> carrier, std::size_t most_bytes, const SyslogOptions& options)
      : header_(header_of(options)),
        most_bytes_(most_bytes),
        delivery_(std::move(carrier), options.queue, {options.first_pause_s, options.longest_pause_s}) {}

  void send(const report::Alert& alert) override {
    delivery_.send(detail::write_syslog_message(alert, header_, most_bytes_));
  }
  void stop(double seconds) override { delivery_.stop(seconds); }
  [[nodiscard]] SinkCounters counters() const override { return delivery_.counters(); }
  [[nodiscard]] std::string_view name() const override { return "syslog"; }
  [[nodiscard]] std::string last_error() const override { return delivery_.last_error(); }

 private:
  const detail::SyslogHeader header_;
  const std::size_t most_bytes_;
  detail::Delivery delivery_;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_syslog_sink(const SyslogOptions& options) {
  if (options.facility > 23) {
    return fail(ErrorCode::kUsage, std::to_string(options.facility), "a facility is a number from 0 to 23");
  }
  auto target = detail::parse_syslog_target(options.target);
  if (!target) return tl::unexpected(target.error());
  const SyslogTransport transport = target->transport;
  if (transport == SyslogTransport::kUdp || transport == SyslogTransport::kUnix) {
    const std::size_t most =
        transport == SyslogTransport::kUdp ? detail::kDatagramBytes : detail::kStreamBytes;
    return std::make_unique<SyslogSink>(std::make_unique<DatagramCarrier>(*std::move(target)), most, options);
  }
  std::unique_ptr<detail::TlsClient> tls;
  if (transport == SyslogTransport::kTls) {
    auto made = detail::TlsClient::make({options.ca_file, options.certificate_file, options.key_file});
    if (!made) return tl::unexpected(made.error());
    tls = *std::move(made);
  }
  return std::make_unique<SyslogSink>(std::make_unique<StreamCarrier>(*std::move(target), std::move(tls)),
                                      detail::kStreamBytes, options);
}

}  // namespace mogura::alert
