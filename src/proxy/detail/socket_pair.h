#pragma once

// Two sockets joined inside the kernel: what speaks HTTP/1.1 to a socket can speak it to another part of this
// program. Closing one, whether it was read to its end or not, is the end at the other; there is no reset.

#include <optional>
#include <utility>

#include "proxy/detail/asio.h"

namespace mogura::proxy::detail {

// What each direction holds before its writer has to wait, about (the kernel counts its own structures).
inline constexpr int kSocketPairBytes = 64 << 10;

// Non-blocking. Nothing: no descriptors are left.
std::optional<std::pair<Socket, Socket>> socket_pair(boost::asio::io_context& context);

}  // namespace mogura::proxy::detail
