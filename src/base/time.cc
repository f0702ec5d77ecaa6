#include "base/time.h"

#include <array>
#include <cstdio>

namespace mogura {

std::string to_rfc3339(Timestamp time) {
  using namespace std::chrono;
  // In microseconds the days at both ends of the range can still be counted.
  const auto cut = floor<microseconds>(time);
  const auto day = floor<days>(cut);
  const year_month_day date(day);
  const hh_mm_ss clock(cut - day);
  std::array<char, 64> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace mogura
