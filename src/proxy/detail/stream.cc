#include "proxy/detail/stream.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>

#include "base/bytes.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using asio::ip::tcp;

Stream::Stream(Sweeper& sweeper, Socket socket) : Swept(sweeper), socket_(std::move(socket)) {
  boost::system::error_code ignored;
  if (!socket_.native_non_blocking()) socket_.native_non_blocking(true, ignored);
}

Stream::~Stream() {
  if (tls_ != nullptr && socket_.is_open()) tls_->say_goodbye();
}

void Stream::encrypt(std::unique_ptr<TlsLayer> layer) {
  tls_ = std::move(layer);
}

Awaitable<Io> Stream::handshake(Millis patience) {
  const std::int64_t end = coarse_ms() + patience.count();
  while (true) {
    if (is_cut_) co_return Io::kCut;
    const TlsLayer::Step step = tls_->handshake();
    if (step == TlsLayer::Step::kDone) co_return Io::kOk;
    if (step == TlsLayer::Step::kFailed) co_return Io::kError;
    const Millis left(std::max<std::int64_t>(1, end - coarse_ms()));
    const Io io = step == TlsLayer::Step::kWantsWrite ? co_await writable(left) : co_await wait_read(left);
    if (io != Io::kOk) co_return io;
  }
}

std::int64_t Stream::until(Millis patience) {
  return patience.count() == 0 ? 0 : coarse_ms() + patience.count();
}

// Called by the loop now and then: ends what has waited too long. Cancelling ends both directions' waits; the
// one that was not late finds the connection failed, which it is.
void Stream::sweep(std::int64_t now_ms) {
  read_is_late_ = read_is_late_ || (read_until_ms_ != 0 && now_ms > read_until_ms_);
  write_is_late_ = write_is_late_ || (write_until_ms_ != 0 && now_ms > write_until_ms_);
  if (!read_is_late_ && !write_is_late_) return;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

Awaitable<Read> Stream::read(char* to, std::size_t size, Millis patience) {
  if (is_cut_) co_return Read{Io::kCut, 0};
  if (tls_ != nullptr) co_return co_await read_tls(to, size, patience);
  boost::system::error_code error;
  read_is_late_ = false;
  read_until_ms_ = until(patience);
  const std::size_t bytes =
      co_await socket_.async_read_some(asio::buffer(to, size), asio::redirect_error(kAwait, error));
  read_until_ms_ = 0;
  if (!error) co_return Read{Io::kOk, bytes};
  if (error == asio::error::eof) co_return Read{Io::kEnd, 0};
  const bool was_late = std::exchange(read_is_late_, false);
  co_return Read{is_cut_ ? Io::kCut : was_late ? Io::kTimeout : Io::kError, 0};
}

Awaitable<Read> Stream::read_tls(char* to, std::size_t size, Millis patience) {
  // Who reads like this waits for an answer or the next request: it is rarely there yet.
  bool waits = !tls_->holds_bytes();
  while (true) {
    if (waits) {
      const bool for_write = tls_->read_wants_write();
      const Io io = for_write ? co_await writable(patience) : co_await wait_read(patience);
      if (io != Io::kOk) co_return Read{io, 0};
    }
    const ssize_t got = try_read(to, size);
    if (got > 0) co_return Read{Io::kOk, static_cast<std::size_t>(got)};
    if (got == 0) co_return Read{Io::kEnd, 0};
    if (!would_block()) co_return Read{is_cut_ ? Io::kCut : Io::kError, 0};
    waits = true;
  }
}

ssize_t Stream::try_read(char* to, std::size_t size) {
  if (is_cut_) return errno = ECANCELED, -1;
  if (tls_ != nullptr) return tls_->read(to, size);
  ssize_t got = 0;
  do {
    got = ::recv(socket_.native_handle(), to, size, 0);
  } while (got < 0 && errno == EINTR);
  return got;
}

Awaitable<Io> Stream::readable(Millis patience) {
  if (tls_ != nullptr && !is_cut_) {
    // What OpenSSL holds, the socket does not tell of.
    if (!tls_->is_drained()) co_return Io::kOk;
    if (tls_->read_wants_write()) co_return co_await writable(patience);
  }
  co_return co_await wait_read(patience);
}

Awaitable<Io> Stream::wait_read(Millis patience) {
  if (is_cut_) co_return Io::kCut;
  boost::system::error_code error;
  read_is_late_ = false;
  read_until_ms_ = until(patience);
  co_await socket_.async_wait(Socket::wait_read, asio::redirect_error(kAwait, error));
  read_until_ms_ = 0;
  const bool was_late = std::exchange(read_is_late_, false);
  if (is_cut_) co_return Io::kCut;
  if (error && was_late) co_return Io::kTimeout;
  co_return error ? Io::kError : Io::kOk;
}

Awaitable<Io> Stream::writable(Millis patience) {
  if (is_cut_) co_return Io::kCut;
  boost::system::error_code error;
  write_is_late_ = false;
  write_until_ms_ = until(patience);
  co_await socket_.async_wait(Socket::wait_write, asio::redirect_error(kAwait, error));
  write_until_ms_ = 0;
  const bool was_late = std::exchange(write_is_late_, false);
  if (is_cut_) co_return Io::kCut;
  if (error && was_late) co_return Io::kTimeout;
  co_return error ? Io::kError : Io::kOk;
}

// What went of the first piece is taken off it.
ssize_t Stream::try_write_tls(std::span<iovec>& pieces) {
  ssize_t all = 0;
  while (!pieces.empty()) {
    iovec& piece = pieces.front();
    const ssize_t sent =
        piece.iov_len == 0 ? 0 : tls_->write(static_cast<const char*>(piece.iov_base), piece.iov_len);
    if (sent < 0) return all != 0 ? all : -1;
    all += sent;
    piece.iov_base = static_cast<char*>(piece.iov_base) + sent;
    piece.iov_len -= static_cast<std::size_t>(sent);
    if (piece.iov_len == 0) pieces = pieces.subspan(1);
  }
  return all;
}

ssize_t Stream::try_write(std::span<iovec>& pieces) {
  if (is_cut_) return errno = ECANCELED, -1;
  if (tls_ != nullptr) return try_write_tls(pieces);
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  ssize_t sent = 0;
  do {
    // Of one piece the kernel need not copy a description.
    sent = pieces.size() == 1
               ? ::send(socket_.native_handle(), pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL)
               : ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  auto left = static_cast<std::size_t>(sent < 0 ? 0 : sent);
  while (!pieces.empty() && left >= pieces.front().iov_len) {
    left -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (left != 0) {
    pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + left;
    pieces.front().iov_len -= left;
  }
  return sent;
}

Awaitable<Io> Stream::write(std::span<iovec> pieces, Millis patience) {
  while (true) {
    if (pieces.empty()) co_return Io::kOk;
    if (try_write(pieces) >= 0) continue;
    if (!would_block()) co_return is_cut_ ? Io::kCut : Io::kError;
    if (const Io io = co_await writable(patience); io != Io::kOk) co_return io;
  }
}

Awaitable<Io> Stream::write(std::string_view bytes, Millis patience) {
  // sendmsg() does not change what it is given.
  std::array<iovec, 1> pieces{{{const_cast<char*>(bytes.data()), bytes.size()}}};
  if (bytes.empty()) co_return Io::kOk;
  co_return co_await write(std::span(pieces), patience);
}

Awaitable<Stream::Passed> Stream::pass(std::string_view bytes, Millis patience) {
  std::array<iovec, 1> piece{{{const_cast<char*>(bytes.data()), bytes.size()}}};
  std::span<iovec> left(piece);
  if (try_write(left) < 0 && !would_block()) co_return Passed{is_cut_ ? Io::kCut : Io::kError, false};
  if (left.empty()) co_return Passed{};
  const std::string held(static_cast<const char*>(left.front().iov_base), left.front().iov_len);
  co_return Passed{co_await write(held, patience), true};
}

void Stream::extend_read(Millis patience) {
  if (read_until_ms_ != 0) read_until_ms_ = until(patience);
}

void Stream::cut() {
  is_cut_ = true;
  interrupt();
}

void Stream::interrupt() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void Stream::pass_on_end(Stream& other) const {
  if (tls_ == nullptr || !tls_->was_cut_off()) return;
  if (other.tls_ != nullptr) other.tls_->keep_silent();
  if (other.reset_flag_ != nullptr) *other.reset_flag_ = true;
}

void Stream::shutdown_write() {
  if (tls_ != nullptr) tls_->say_goodbye();
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::reset_on_close() {
  if (tls_ != nullptr) tls_->keep_silent();
  if (reset_flag_ != nullptr) *reset_flag_ = true;
  // Not by Asio's option, which its destructor takes back.
  const linger at_once{1, 0};
  setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::close() {
  if (tls_ != nullptr && socket_.is_open()) tls_->say_goodbye();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

bool Stream::is_all_acknowledged() const {
  int unacknowledged = 0;
  auto& socket = const_cast<Socket&>(socket_);
  return ioctl(socket.native_handle(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

std::chrono::microseconds Stream::round_trip() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  auto& socket = const_cast<Socket&>(socket_);
  if (getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  return std::chrono::microseconds(info.tcpi_rtt);
}

Socket Stream::release() {
  return std::move(socket_);
}

Endpoint endpoint_of(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  if (address.is_v4()) return {Address::v4(address.to_v4().to_uint()), endpoint.port()};
  const auto bytes = address.to_v6().to_bytes();
  return {Address::from_bytes({bytes.data(), bytes.size()}), endpoint.port()};
}

}  // namespace mogura::proxy::detail
