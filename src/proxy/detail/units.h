#pragma once

// Times and sizes as people write them: "500ms", "30s", "5m", "24h", "14d"; "16K", "64M", "1G" (powers of
// 1024). Text and value, nothing else. Any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::proxy::detail {

// A number without a unit is one of seconds. Anything else, and what is longer than a hundred years: nothing.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);
// In the largest unit that leaves nothing over: parse_time() gives the same again. Nothing negative.
std::string write_time(std::chrono::milliseconds time);

// A number without a unit is one of bytes. Anything else, and what is more than 2^53 bytes: nothing.
std::optional<std::uint64_t> parse_size(std::string_view text);
// "64K", "1500": parse_size() gives the same again.
std::string write_size(std::uint64_t bytes);

}  // namespace mogura::proxy::detail
