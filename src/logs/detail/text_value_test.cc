#include "logs/detail/text_value.h"

#include <gtest/gtest.h>

namespace mogura::logs::detail {
namespace {

std::string shown(std::optional<Timestamp> time) {
  return time ? to_rfc3339(*time) : "none";
}

TEST(ParseCount, TakesDigitsInRangeAndNothingElse) {
  EXPECT_EQ(parse_count<std::uint16_t>("0"), 0);
  EXPECT_EQ(parse_count<std::uint16_t>("65535"), 65535);
  for (const char* text : {"", "65536", "-1", "+1", " 1", "1 ", "1.0", "0x1", "99999999999999999999999"}) {
    EXPECT_FALSE(parse_count<std::uint16_t>(text)) << text;
  }
}

TEST(ParseEpoch, KeepsNanosecondsAndRefusesWhatIsNoTime) {
  struct {
    const char* text;
    const char* expected;
    const char* why;
  } const cases[] = {
      {"1672843056.913119", "2023-01-04T14:37:36.913119Z", "as Zeek has it"},
      {"1546169125.919", "2018-12-30T11:25:25.919000Z", "as Squid has it"},
      {"0", "1970-01-01T00:00:00.000000Z", "the beginning"},
      {"1.0000010009999", "1970-01-01T00:00:01.000001Z", "digits behind nanoseconds are cut"},
      {"7258118399", "2199-12-31T23:59:59.000000Z", "the last second"},
      {"7258118400", "none", "one later"},
      {"99999999999999999999", "none", "more than 64 bits"},
      {"-1", "none", "before 1970"},
      {"1.", "none", "no fraction"},
      {"1.5x", "none", "something behind"},
      {"", "none", "empty"},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(parse_epoch(c.text)), c.expected) << c.why;
}

TEST(ParseInterval, TakesAnyFormOfNumber) {
  EXPECT_EQ(parse_interval("0.084044"), std::chrono::microseconds(84044));
  EXPECT_EQ(parse_interval("1e-06"), std::chrono::microseconds(1));
  EXPECT_EQ(parse_interval("3600"), std::chrono::hours(1));
  for (const char* text : {"", "-1", "nan", "inf", "1e300", "1s"}) EXPECT_FALSE(parse_interval(text)) << text;
}

TEST(ParseRfc3339, TakesWhatLogsWrite) {
  struct {
    const char* text;
    const char* expected;
    const char* why;
  } const cases[] = {
      {"2026-11-22T06:26:57.123456Z", "2026-11-22T06:26:57.123456Z", "as session lines have it"},
      {"2026-11-22T06:26:57Z", "2026-11-22T06:26:57.000000Z", "no fraction"},
      {"2026-11-22 06:26:57.5Z", "2026-11-22T06:26:57.500000Z", "a space for the T"},
      {"2026-11-22T06:26:57.123456+0100", "2026-11-22T05:26:57.123456Z", "as Suricata has it"},
      {"2026-11-22T23:26:57.123456-01:30", "2026-11-23T00:56:57.123456Z", "west, with a colon"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z", "a leap day"},
      {"2023-02-29T00:00:00Z", "none", "no leap day"},
      {"2026-13-01T00:00:00Z", "none", "a month too many"},
      {"2026-11-22T24:00:00Z", "none", "an hour too many"},
      {"2026-11-22T06:26:57", "none", "no zone"},
      {"2026-11-22T06:26:57Zx", "none", "something behind"},
      {"2026-11-22T06:26:57X0100", "none", "no sign"},
      {"1969-12-31T23:59:59Z", "none", "before 1970"},
      {"2200-01-01T00:00:00Z", "none", "too late"},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(parse_rfc3339(c.text)), c.expected) << c.why;
}

TEST(ParseRfc3339, RefusesEveryTruncation) {
  const std::string text = "2026-11-22T06:26:57.123456+01:00";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const std::string cut(text.substr(0, size));
    EXPECT_FALSE(parse_rfc3339(cut)) << cut;
  }
}

TEST(ParseCommonLogTime, TakesWhatWebServersWrite) {
  EXPECT_EQ(shown(parse_common_log_time("30/Dec/2018:11:25:25 +0000")), "2018-12-30T11:25:25.000000Z");
  EXPECT_EQ(shown(parse_common_log_time("01/Jan/2020:00:30:00 +0100")), "2019-12-31T23:30:00.000000Z");
  for (const char* text :
       {"30/Dez/2018:11:25:25 +0000", "30/Dec/2018:11:25:25", "", "99/Dec/2018:11:25:25 +0000"}) {
    EXPECT_EQ(shown(parse_common_log_time(text)), "none") << text;
  }
}

}  // namespace
}  // namespace mogura::logs::detail
