#include "service/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace mogura::service {
namespace {

constexpr int kBacklog = 4096;

}  // namespace

Result<Listener> listen_on(const Endpoint& wanted) {
  const bool is_v4 = wanted.address.is_v4();
  Listener bound{.endpoint = wanted};
  const auto refuse = [&bound, &wanted]() {
    const std::string cause = std::strerror(errno);
    if (bound.descriptor >= 0) close(bound.descriptor);
    return fail(ErrorCode::kIo, wanted.to_string(), "cannot listen there: " + cause);
  };
  bound.descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bound.descriptor < 0) return refuse();
  const int on = 1;
  setsockopt(bound.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(bound.descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (is_v4) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted.port);
    address.sin_addr.s_addr = htonl(wanted.address.v4_bits());
    size = sizeof address;
  } else {
    setsockopt(bound.descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(wanted.port);
    for (unsigned i = 0; i < 16; ++i) {
      const std::uint64_t half = i < 8 ? wanted.address.high() : wanted.address.low();
      address.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
    }
    size = sizeof address;
  }
  if (bind(bound.descriptor, reinterpret_cast<sockaddr*>(&storage), size) != 0) return refuse();
  if (listen(bound.descriptor, kBacklog) != 0) return refuse();
  size = sizeof storage;
  getsockname(bound.descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  bound.endpoint.port = ntohs(is_v4 ? reinterpret_cast<sockaddr_in&>(storage).sin_port
                                    : reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
  return bound;
}

}  // namespace mogura::service
