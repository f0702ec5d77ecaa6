#include "alert/detail/connect.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

namespace mogura::alert::detail {
namespace {

// What is sent and not acknowledged for so long has not arrived: the connection is given up. TCP itself would
// go on for a quarter of an hour.
constexpr unsigned kUnacknowledgedMs = 30'000;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

struct Lookup {
  std::string host, port;
  addrinfo hints{};
  Bell done;
  int code = 0;         // written before done is rung
  Addresses addresses;  // likewise

  void run() {
    addrinfo* list = nullptr;
    code = getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    addresses.reset(list);
  }
};

std::string named(const std::string& host, const std::string& port) {
  return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

auto refuse(const std::string& place, int error) {
  return fail(ErrorCode::kIo, place, std::strerror(error));
}

// The system's resolver cannot be interrupted. It works in a thread of its own, which owns all that it
// touches and is left behind when nobody waits for it any more.
bool look_up(const std::shared_ptr<Lookup>& lookup, Clock::time_point deadline, const Bell& bell) {
  try {
    std::thread([lookup] {
      block_signals();
      lookup->run();
      lookup->done.ring();
    }).detach();
  } catch (const std::system_error&) {
    lookup->code = EAI_MEMORY;
    return true;
  }
  return wait_for(lookup->done.descriptor(), POLLIN, deadline, bell) == Ready::kYes;
}

Result<Addresses> addresses_of(const std::string& host, const std::string& port, int type,
                               Clock::time_point deadline, const Bell& bell) {
  const auto lookup = std::make_shared<Lookup>();
  lookup->host = host;
  lookup->port = port;
  lookup->hints.ai_socktype = type;
  lookup->hints.ai_flags = AI_NUMERICHOST;
  lookup->run();
  if (lookup->code == EAI_NONAME) {
    lookup->hints.ai_flags = AI_ADDRCONFIG;
    if (!look_up(lookup, deadline, bell)) {
      return fail(ErrorCode::kIo, named(host, port), "looking up the name took too long");
    }
  }
  if (lookup->code != 0) return fail(ErrorCode::kIo, named(host, port), gai_strerror(lookup->code));
  return std::move(lookup->addresses);
}

// 0 or the error.
int finish_connecting(int descriptor, Clock::time_point deadline, const Bell& bell) {
  if (wait_for(descriptor, POLLOUT, deadline, bell) != Ready::kYes) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

int connect_one(const addrinfo& address, Descriptor& socket, Clock::time_point deadline, const Bell& bell) {
  socket = Descriptor(::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return errno;
  if (address.ai_socktype == SOCK_STREAM) {
    setsockopt(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof kUnacknowledgedMs);
  }
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  return errno == EINPROGRESS ? finish_connecting(socket.get(), deadline, bell) : errno;
}

}  // namespace

Result<Descriptor> connect_to(const std::string& host, const std::string& port, int type,
                              Clock::time_point deadline, const Bell& bell) {
  const auto addresses = addresses_of(host, port, type, deadline, bell);
  if (!addresses) return tl::unexpected(addresses.error());
  int error = EHOSTUNREACH;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    Descriptor socket;
    error = connect_one(*address, socket, deadline, bell);
    if (error == 0) return socket;
  }
  return refuse(named(host, port), error);
}

Result<Descriptor> connect_to_path(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return refuse(path, ENAMETOOLONG);
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return refuse(path, errno);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return refuse(path, errno);
  }
  return socket;
}

}  // namespace mogura::alert::detail
