#include "proxy/detail/socket_pair.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace mogura::proxy::detail {

std::optional<std::pair<Socket, Socket>> socket_pair(boost::asio::io_context& context) {
  using boost::asio::ip::tcp;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return {};
  for (const int end : ends)
    ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketPairBytes, sizeof kSocketPairBytes);
  Socket one(context), two(context);
  boost::system::error_code error;
  // The protocol is one of Asio's types only; no call of TCP's own is made on these.
  one.assign(tcp::v4(), ends[0], error);
  if (error) {
    ::close(ends[0]);
    ::close(ends[1]);
    return {};
  }
  two.assign(tcp::v4(), ends[1], error);
  if (error) {
    ::close(ends[1]);
    return {};
  }
  one.native_non_blocking(true, error);
  two.native_non_blocking(true, error);
  return std::pair{std::move(one), std::move(two)};
}

}  // namespace mogura::proxy::detail
