#pragma once

// Times as they stand in captures: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted. There is
// no clock here; time always comes in as an argument. Any thread.

#include <chrono>
#include <cstdint>
#include <string>

namespace mogura {

using Duration = std::chrono::nanoseconds;
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

inline double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// RFC 3339 in UTC with microseconds: 2026-11-22T06:26:57.123456Z. Nanoseconds beyond are cut, not rounded.
std::string to_rfc3339(Timestamp time);

}  // namespace mogura
