#include "proxy/detail/units.h"

#include <array>
#include <charconv>

namespace mogura::proxy::detail {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Each is a multiple of the one before.
constexpr std::array kTimes{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                            Unit{"d", 86'400'000}};
constexpr std::array kSizes{Unit{"", 1}, Unit{"K", std::uint64_t{1} << 10}, Unit{"M", std::uint64_t{1} << 20},
                            Unit{"G", std::uint64_t{1} << 30}};
constexpr std::uint64_t kLongestMs = std::uint64_t{100} * 366 * 86'400'000;
constexpr std::uint64_t kLargestBytes = std::uint64_t{1} << 53;

template <class Units>
std::optional<std::uint64_t> parse(std::string_view text, const Units& units, std::string_view default_unit,
                                   std::uint64_t largest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  if (name.empty()) name = default_unit;
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > largest / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

template <class Units>
std::string write(std::uint64_t value, const Units& units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  const auto ms = parse(text, kTimes, "s", kLongestMs);
  if (!ms) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

std::string write_time(std::chrono::milliseconds time) {
  return time.count() == 0 ? "0s" : write(static_cast<std::uint64_t>(time.count()), kTimes);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, kSizes, "", kLargestBytes);
}

std::string write_size(std::uint64_t bytes) {
  return bytes == 0 ? "0" : write(bytes, kSizes);
}

}  // namespace mogura::proxy::detail
