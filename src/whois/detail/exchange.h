#pragma once

// One question to one server over TCP: connect, send a line, read until the server closes, all within one
// deadline and one size. Blocks; one thread. Boost.Asio inside: a name that does not resolve may hold it up
// past the deadline, for as long as the system's resolver takes.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "whois/detail/server.h"

namespace mogura::whois::detail {

struct ExchangeLimits {
  std::chrono::milliseconds timeout{10'000};  // for all of it
  std::size_t answer_bytes = std::size_t{256} << 10;
  bool public_only = true;  // refuse addresses inside the network, whatever the name resolves to
};

// The answer, cut at the limit. A connection that breaks, or whose time is up, after something was said
// still answers. Errors: kIo
// (no address, refused, nothing said), kLimit (time), kUsage (an address that is not public).
Result<std::string> exchange(const Server& server, std::string_view line, const ExchangeLimits& limits);

}  // namespace mogura::whois::detail
