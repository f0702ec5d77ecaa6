#pragma once

// Where a Redis server is, as people write it:
//
//   redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]        redis+unix://[[USER]:PASSWORD@]/PATH[?db=DB]
//
// USER, PASSWORD and PATH may hold %XX. HOST: a name, an IPv4 address, or an IPv6 address in brackets. Any
// thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mogura::store::detail {

struct RedisUrl {
  std::string user;      // empty: the server's default
  std::string password;  // empty: none
  std::string host;
  std::uint16_t port = 6379;
  std::string path;  // of a Unix socket; then host is empty
  std::uint32_t database = 0;

  // host:port or the path: what may be shown.
  [[nodiscard]] std::string place() const;
};

// Errors: kUsage; they say nothing of what stands before the @.
Result<RedisUrl> parse_redis_url(std::string_view url);

}  // namespace mogura::store::detail
