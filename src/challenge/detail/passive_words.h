#pragma once

// Small words on text that the passive questions need. Private to the room; any thread.

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::challenge::detail {

// "4.2", "17", "0.05": as few digits as say it.
std::string number(double value);
// "12 s", "4.5 min", "3.1 h".
std::string span(double seconds);
// "3 of 4 requests".
std::string share(std::uint64_t part, std::uint64_t of, std::string_view nouns);

inline double in_hundredths(double weight) {
  return std::round(weight * 100) / 100;
}

}  // namespace mogura::challenge::detail
