#pragma once

// Times as they stand in the database: microseconds, and hours of them.

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/time.h"

namespace mogura::store::detail {

inline constexpr std::int64_t kHourUs = 3'600'000'000;

inline std::int64_t to_microseconds(Timestamp time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

// What a file may hold beyond the range of Timestamp is its nearest end.
inline Timestamp from_microseconds(std::int64_t microseconds) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
  return Timestamp(std::chrono::microseconds(std::clamp(microseconds, -kMost, kMost)));
}

// As SQL divides: towards zero.
inline std::int64_t hour_of(std::int64_t microseconds) {
  return microseconds / kHourUs;
}

inline Timestamp from_hour(std::int64_t hour) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000 / kHourUs;
  return from_microseconds(std::clamp(hour, -kMost, kMost) * kHourUs);
}

}  // namespace mogura::store::detail
