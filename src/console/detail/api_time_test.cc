#include "console/detail/api_time.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mogura::console::detail {
namespace {

std::string read(std::string_view text) {
  const auto time = parse_time(text);
  return time ? to_rfc3339(*time) : "-";
}

TEST(ParseTime, TakesRfc3339) {
  const struct {
    const char* text;
    const char* time;
    const char* why;
  } rows[] = {
      {"2026-11-22T06:00:00Z", "2026-11-22T06:00:00.000000Z", "the usual"},
      {"2026-11-22t06:00:00z", "2026-11-22T06:00:00.000000Z", "small letters"},
      {"2026-11-22T06:00:00.5Z", "2026-11-22T06:00:00.500000Z", "fraction"},
      {"2026-11-22T06:00:00.123456789Z", "2026-11-22T06:00:00.123456Z", "nanoseconds"},
      {"2026-11-22T06:00:00+09:00", "2026-11-21T21:00:00.000000Z", "east"},
      {"2026-11-22T06:00:00-03:30", "2026-11-22T09:30:00.000000Z", "west"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z", "leap year"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z", "leap second"},
      {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z", "first"},
      {"2199-12-31T23:59:59Z", "2199-12-31T23:59:59.000000Z", "last"},
      {"2025-02-29T00:00:00Z", "-", "no such day"},
      {"2026-13-01T00:00:00Z", "-", "no such month"},
      {"2026-11-22T24:00:00Z", "-", "no such hour"},
      {"2026-11-22T06:60:00Z", "-", "no such minute"},
      {"2026-11-22T06:00:61Z", "-", "no such second"},
      {"1969-12-31T23:59:59Z", "-", "too early"},
      {"2200-01-01T00:00:00Z", "-", "too late"},
      {"2026-11-22 06:00:00Z", "-", "no T"},
      {"2026-11-22T06:00:00", "-", "no zone"},
      {"2026-11-22T06:00:00.Z", "-", "no digits"},
      {"2026-11-22T06:00:00.1234567890Z", "-", "too many digits"},
      {"2026-11-22T06:00:00+0900", "-", "no colon"},
      {"2026-11-22T06:00:00+24:00", "-", "no such offset"},
      {"2026-11-22T06:00:00Zx", "-", "something behind"},
      {"2026-11-22", "-", "a date"},
      {"yesterday", "-", "words"},
      {"", "-", "nothing"},
      {"+026-11-22T06:00:00Z", "-", "sign"},
  };
  for (const auto& row : rows) EXPECT_EQ(read(row.text), row.time) << row.why;
}

TEST(ParseTime, SurvivesEveryTruncationAndEveryByte) {
  const std::string whole = "2026-11-22T06:00:00.123+09:00";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    whole.copy(exact.get(), size);
    EXPECT_FALSE(parse_time({exact.get(), size})) << size;
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    for (int c = 0; c < 256; ++c) {
      changed[i] = static_cast<char>(c);
      (void)parse_time(changed);
    }
  }
}

TEST(ParseTimeOrDay, TakesADayToItsEnd) {
  EXPECT_EQ(to_rfc3339(*parse_time_or_day("2027-01-31")), "2027-01-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339(*parse_time_or_day("2027-01-31T12:00:00Z")), "2027-01-31T12:00:00.000000Z");
  EXPECT_FALSE(parse_time_or_day("2027-02-30"));
  EXPECT_FALSE(parse_time_or_day("31.1.2027"));
}

}  // namespace
}  // namespace mogura::console::detail
