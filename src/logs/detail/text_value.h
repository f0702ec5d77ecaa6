#pragma once

// Numbers and times as logs write them. Nothing for what is not wholly a value of its kind, or out of range:
// times lie between 1970 and the year 2200, so that sums of two never overflow. Any thread.

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace mogura::logs::detail {

inline constexpr std::int64_t kLatestSecond = 7'258'118'400;  // 2200-01-01

// Decimal digits and nothing else.
template <std::unsigned_integral Number>
std::optional<Number> parse_count(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Seconds since 1970, with or without a fraction; digits beyond nanoseconds are cut.
std::optional<Timestamp> parse_epoch(std::string_view text);
// Seconds, not negative, likewise; or in any form that a floating-point number has.
std::optional<Duration> parse_interval(std::string_view text);
// RFC 3339 and ISO 8601 as logs have it: 2026-11-22T06:26:57.123456Z, also +0100 and +01:00.
std::optional<Timestamp> parse_rfc3339(std::string_view text);
// 30/Dec/2018:11:25:25 +0000
std::optional<Timestamp> parse_common_log_time(std::string_view text);

}  // namespace mogura::logs::detail
