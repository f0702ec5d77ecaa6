#include "report/detail/figures.h"

#include <array>
#include <charconv>
#include <cmath>

#include "report/json_writer.h"

namespace mogura::report::detail {
namespace {

std::string fixed(double number, int decimals) {
  std::array<char, 64> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, decimals).ptr;
  return {text.data(), end};
}

std::string two_units(std::int64_t large, const char* large_unit, std::int64_t small,
                      const char* small_unit) {
  return std::to_string(large) + " " + large_unit + " " + std::to_string(small) + " " + small_unit;
}

}  // namespace

std::string with_thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string with_unit(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 999.5 would be shown as 1000.
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fixed(value, unit == 0 || value >= 99.95 ? 0 : 1) + " " + kUnits[unit];
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return fixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

std::string span_of(Duration duration) {
  using namespace std::chrono;
  const double exact = to_seconds(duration);
  if (exact < 9.95) return fixed(std::max(exact, 0.0), 1) + " s";
  const std::int64_t seconds = std::llround(exact);
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return two_units(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86400) return two_units(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return two_units(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::string day_of(Timestamp time) {
  std::string text;
  append_rfc3339(text, time);
  return text.substr(0, 10);
}

std::string time_of(Timestamp time) {
  std::string text;
  append_rfc3339(text, time);
  return text.substr(11, 8);
}

std::string plural(std::uint64_t count, const char* noun) {
  return with_thousands(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace mogura::report::detail
