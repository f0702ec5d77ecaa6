#include "protocol/http_date.h"

#include <array>
#include <chrono>
#include <string_view>

namespace mogura::protocol {
namespace {

template <class Number>
std::string padded(Number number, std::size_t width) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

}  // namespace

std::string http_date(Timestamp time) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string text(kDays[std::chrono::weekday(day).c_encoding()]);
  text += ", " + padded(static_cast<unsigned>(date.day()), 2) + " ";
  text += kMonths[static_cast<unsigned>(date.month()) - 1];
  text += " " + padded(static_cast<int>(date.year()), 4) + " " + padded(clock.hours().count(), 2) + ":";
  text += padded(clock.minutes().count(), 2) + ":" + padded(clock.seconds().count(), 2) + " GMT";
  return text;
}

}  // namespace mogura::protocol
