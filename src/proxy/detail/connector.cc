#include "proxy/detail/connector.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// Below it no port is the sender's by the system's choice (Linux: ip_local_port_range, at its widest).
constexpr std::uint16_t kFirstFreePort = 1024;

tcp::endpoint endpoint_of(const Address& address, std::uint16_t port) {
  if (address.is_v4()) return {asio::ip::address_v4(address.v4_bits()), port};
  asio::ip::address_v6::bytes_type bytes;
  for (unsigned i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(address.high() >> (56 - 8 * i));
    bytes[i + 8] = static_cast<std::uint8_t>(address.low() >> (56 - 8 * i));
  }
  return {asio::ip::address_v6(bytes), port};
}

// RFC 8305 §4: families alternate, beginning with that of the first.
std::vector<Address> in_turns(const std::vector<Address>& addresses) {
  std::vector<Address> families[2];
  for (const Address& address : addresses) {
    families[address.is_v4() != addresses.front().is_v4() ? 1 : 0].push_back(address);
  }
  std::vector<Address> order;
  order.reserve(addresses.size());
  for (std::size_t i = 0; order.size() < addresses.size(); ++i) {
    for (const auto& family : families) {
      if (i < family.size()) order.push_back(family[i]);
    }
  }
  return order;
}

ConnectFailure kind_of(int error, bool is_v4) {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // epoll's watches
    case EAGAIN:  // local ports
      return ConnectFailure::kResources;
    case EADDRNOTAVAIL:  // local ports, too; of IPv6 it only says that we have none
      return is_v4 ? ConnectFailure::kResources : ConnectFailure::kRefused;
    case ETIMEDOUT:
      return ConnectFailure::kTimeout;
    default:
      return ConnectFailure::kRefused;
  }
}

// Of several failures, that which explains most.
unsigned weight(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::kResources:
      return 3;
    case ConnectFailure::kRefused:
      return 2;
    case ConnectFailure::kTimeout:
      return 1;
    case ConnectFailure::kNone:
    case ConnectFailure::kName:
    case ConnectFailure::kForbidden:
      return 0;
  }
  return 0;
}

// An attempt at a free port of ours may meet itself (RFC 9293 §3.5, simultaneous open).
bool is_own_end(const Socket& socket, const tcp::endpoint& server) {
  if (server.port() < kFirstFreePort) return false;
  error_code problem;
  return socket.local_endpoint(problem) == server && !problem;
}

int pending_error(Socket& socket) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Connected failed(Executor executor, ConnectFailure failure, std::string cause) {
  return {failure, std::move(cause), Socket(std::move(executor)), {}};
}

// The attempts for one connection. Shared with the handlers of those that are under way.
class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(const Executor& executor, std::vector<Address> addresses, std::uint16_t port)
      : executor_(executor), addresses_(std::move(addresses)), port_(port), wake_(executor) {
    attempts_.reserve(addresses_.size());  // handlers know them by reference
  }

  Awaitable<Connected> run(Clock::time_point deadline, Clock::duration delay);
  void close();

 private:
  struct Attempt {
    Attempt(const Executor& executor, const Address& to) : socket(executor), address(to) {}
    Socket socket;
    Address address;
    bool is_pending = false;
    bool has_news = false;
  };

  // True: won.
  bool begin_due(Clock::time_point now, Clock::duration delay);
  bool begin_next();
  void watch(Attempt& attempt);
  bool look_at_news();
  bool end(Attempt& attempt, int error);
  Connected result(ConnectFailure otherwise, std::string cause);
  [[nodiscard]] std::string server_of(const Attempt& attempt) const {
    return Endpoint{attempt.address, port_}.to_string();
  }

  Executor executor_;
  const std::vector<Address> addresses_;
  const std::uint16_t port_;
  Timer wake_;
  std::vector<Attempt> attempts_;
  Attempt* winner_ = nullptr;
  std::size_t pending_ = 0;
  Clock::time_point next_begin_{};
  ConnectFailure failure_ = ConnectFailure::kNone;
  std::string cause_;
};

Awaitable<Connected> Race::run(Clock::time_point deadline, Clock::duration delay) {
  const auto self = shared_from_this();
  while (true) {
    const Clock::time_point now = Clock::now();
    if (look_at_news() || begin_due(now, delay)) co_return result(ConnectFailure::kNone, {});
    if (pending_ == 0) co_return result(failure_, cause_);
    if (now >= deadline) {
      co_return result(ConnectFailure::kTimeout, server_of(attempts_.back()) + " does not answer");
    }
    const bool has_more = attempts_.size() < addresses_.size();
    wake_.expires_at(has_more ? std::min(deadline, next_begin_) : deadline);
    co_await wake_.async_wait(asio::as_tuple(kAwait));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      co_return result(ConnectFailure::kTimeout, "the attempt was given up");
    }
  }
}

// RFC 8305 §5: one when nothing is under way or the last has had its time; another at once where one fails.
bool Race::begin_due(Clock::time_point now, Clock::duration delay) {
  while (attempts_.size() < addresses_.size() && (pending_ == 0 || now >= next_begin_)) {
    const std::size_t before = pending_;
    if (begin_next()) return true;
    if (pending_ > before) next_begin_ = now + delay;
  }
  return false;
}

bool Race::begin_next() {
  Attempt& attempt = attempts_.emplace_back(executor_, addresses_[attempts_.size()]);
  const tcp::endpoint server = endpoint_of(attempt.address, port_);
  error_code problem;
  attempt.socket.open(server.protocol(), problem);
  if (!problem) attempt.socket.non_blocking(true, problem);
  if (!problem) attempt.socket.set_option(tcp::no_delay(true), problem);
  if (problem) return end(attempt, problem.value());
  int error = 0;
  if (::connect(attempt.socket.native_handle(), server.data(), static_cast<socklen_t>(server.size())) != 0) {
    error = errno;
  }
  // Interrupted, it goes on like any other that takes its time.
  if (error != EINPROGRESS && error != EINTR) return end(attempt, error);
  watch(attempt);
  return false;
}

void Race::watch(Attempt& attempt) {
  attempt.is_pending = true;
  ++pending_;
  attempt.socket.async_wait(Socket::wait_write, [self = shared_from_this(), &attempt](error_code) {
    attempt.has_news = true;
    self->wake_.cancel();
  });
}

bool Race::look_at_news() {
  for (Attempt& attempt : attempts_) {
    if (!std::exchange(attempt.has_news, false) || !attempt.is_pending) continue;
    attempt.is_pending = false;
    --pending_;
    next_begin_ = {};
    if (end(attempt, pending_error(attempt.socket))) return true;
  }
  return false;
}

// True: this one won.
bool Race::end(Attempt& attempt, int error) {
  if (error == 0 && is_own_end(attempt.socket, endpoint_of(attempt.address, port_))) error = ECONNREFUSED;
  if (error == 0) {
    winner_ = &attempt;
    return true;
  }
  error_code ignored;
  attempt.socket.close(ignored);
  const ConnectFailure failure = kind_of(error, attempt.address.is_v4());
  if (weight(failure) > weight(failure_)) {
    failure_ = failure;
    cause_ = server_of(attempt) + ": " + error_code(error, boost::system::system_category()).message();
  }
  return false;
}

Connected Race::result(ConnectFailure otherwise, std::string cause) {
  if (winner_ == nullptr) return failed(executor_, otherwise, std::move(cause));
  return {ConnectFailure::kNone, {}, std::move(winner_->socket), {winner_->address, port_}};
}

void Race::close() {
  error_code ignored;
  for (Attempt& attempt : attempts_) attempt.socket.close(ignored);
}

// However the coroutine ends, its attempts end with it.
class RaceEnd {
 public:
  explicit RaceEnd(Race& race) : race_(race) {}
  ~RaceEnd() { race_.close(); }
  RaceEnd(const RaceEnd&) = delete;
  RaceEnd& operator=(const RaceEnd&) = delete;

 private:
  Race& race_;
};

ConnectFailure name_failure(ErrorCode code) {
  if (code == ErrorCode::kTruncated) return ConnectFailure::kTimeout;
  return code == ErrorCode::kLimit ? ConnectFailure::kResources : ConnectFailure::kName;
}

}  // namespace

std::string_view name_of(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::kNone:
      return "none";
    case ConnectFailure::kName:
      return "name";
    case ConnectFailure::kForbidden:
      return "forbidden";
    case ConnectFailure::kRefused:
      return "refused";
    case ConnectFailure::kTimeout:
      return "timeout";
    case ConnectFailure::kResources:
      return "resources";
  }
  return "none";
}

Awaitable<Connected> Connector::connect(std::string host, std::uint16_t port, bool checks_destination) {
  const Clock::time_point deadline = Clock::now() + options_.timeout;
  const auto executor = co_await asio::this_coro::executor;
  const auto patience = std::min(options_.dns_timeout, options_.timeout);
  auto found = co_await resolver_.resolve(std::move(host), patience);
  if (!found) co_return failed(executor, name_failure(found.error().code), found.error().cause);
  std::vector<Address> addresses = *std::move(found);
  if (checks_destination) {
    std::erase_if(addresses, [this](const Address& a) { return !access_.admits_destination(a); });
  }
  if (addresses.empty()) {
    co_return failed(executor, ConnectFailure::kForbidden, "the proxy may not connect to this destination");
  }
  const auto race = std::make_shared<Race>(executor, in_turns(addresses), port);
  const RaceEnd end(*race);
  co_return co_await race->run(deadline, options_.attempt_delay);
}

}  // namespace mogura::proxy::detail
