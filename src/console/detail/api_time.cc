#include "console/detail/api_time.h"

#include <algorithm>
#include <chrono>

namespace mogura::console::detail {
namespace {

using namespace std::chrono;

constexpr int kFirstYear = 1970, kLastYear = 2199;
constexpr std::size_t kDateSize = 10, kTimeSize = 8, kFractionDigits = 9;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// `shape`: '0' stands for a digit, "T" for either case of it, everything else for itself.
bool fits(std::string_view text, std::string_view shape) {
  return text.size() == shape.size() &&
         std::equal(text.begin(), text.end(), shape.begin(),
                    [](char c, char s) { return s == '0' ? is_digit(c) : c == s || (s == 'T' && c == 't'); });
}

int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) number = number * 10 + (text[at + i] - '0');
  return number;
}

std::optional<sys_days> parse_day(std::string_view text) {
  if (!fits(text, "0000-00-00")) return std::nullopt;
  const int number = number_at(text, 0, 4);
  const year_month_day date{year(number), month(static_cast<unsigned>(number_at(text, 5, 2))),
                            day(static_cast<unsigned>(number_at(text, 8, 2)))};
  if (!date.ok() || number < kFirstYear || number > kLastYear) return std::nullopt;
  return sys_days(date);
}

// "12:34:60"
std::optional<seconds> parse_clock(std::string_view text) {
  if (!fits(text, "00:00:00")) return std::nullopt;
  const int hour = number_at(text, 0, 2), minute = number_at(text, 3, 2), second = number_at(text, 6, 2);
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return hours(hour) + minutes(minute) + seconds(second);
}

// ".123": takes it off the beginning of `text`.
std::optional<nanoseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return nanoseconds(0);
  text.remove_prefix(1);
  std::int64_t fraction = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits < kFractionDigits) fraction = fraction * 10 + (text[digits] - '0');
  }
  if (digits == 0 || digits > kFractionDigits) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < kFractionDigits; ++digits) fraction *= 10;
  return nanoseconds(fraction);
}

// "Z", "+09:00"
std::optional<minutes> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return minutes(0);
  if (text.empty() || (text[0] != '+' && text[0] != '-') || !fits(text.substr(1), "00:00"))
    return std::nullopt;
  const int hour = number_at(text, 1, 2), minute = number_at(text, 4, 2);
  if (hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours(hour) + minutes(minute);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<Timestamp> parse_time(std::string_view text) {
  if (text.size() < kDateSize + 1 + kTimeSize + 1 || !fits(text.substr(kDateSize, 1), "T"))
    return std::nullopt;
  const auto date = parse_day(text.substr(0, kDateSize));
  const auto clock = parse_clock(text.substr(kDateSize + 1, kTimeSize));
  text.remove_prefix(kDateSize + 1 + kTimeSize);
  const auto fraction = take_fraction(text);
  const auto offset = parse_offset(text);
  if (!date || !clock || !fraction || !offset) return std::nullopt;
  return Timestamp(*date) + *clock + *fraction - *offset;
}

std::optional<Timestamp> parse_time_or_day(std::string_view text) {
  if (const auto date = parse_day(text)) return Timestamp(*date) + days(1) - nanoseconds(1);
  return parse_time(text);
}

}  // namespace mogura::console::detail
