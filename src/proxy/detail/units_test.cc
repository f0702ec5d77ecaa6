#include "proxy/detail/units.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

using std::chrono::milliseconds;

TEST(Units, ReadsTimes) {
  const struct {
    std::string_view text;
    std::optional<std::int64_t> ms;
    const char* why;
  } cases[] = {
      {"30", 30'000, "a number alone is one of seconds"},
      {"0", 0, "none at all"},
      {"250ms", 250, "the smallest unit"},
      {"30s", 30'000, ""},
      {"5m", 300'000, "minutes, not thousandths"},
      {"24h", 86'400'000, ""},
      {"14d", 1'209'600'000, ""},
      {"36600d", 3'162'240'000'000, "the longest"},
      {"36601d", {}, "longer than the longest"},
      {"18446744073709551615", {}, "would overflow as milliseconds"},
      {"18446744073709551616", {}, "overflows by itself"},
      {"", {}, "nothing"},
      {"s", {}, "no number"},
      {"-1s", {}, "no time runs backwards"},
      {"+1s", {}, "a sign is none of it"},
      {"1.5s", {}, "no fractions"},
      {"1 s", {}, "no blanks"},
      {" 1s", {}, "no blanks"},
      {"1S", {}, "units are written small"},
      {"1w", {}, "no such unit"},
      {"1h30m", {}, "one unit only"},
  };
  for (const auto& [text, ms, why] : cases) {
    const auto read = parse_time(text);
    ASSERT_EQ(read.has_value(), ms.has_value()) << text << ": " << why;
    if (ms) {
      EXPECT_EQ(read->count(), *ms) << text << ": " << why;
    }
  }
}

TEST(Units, WritesTimesInTheLargestUnitThatFits) {
  EXPECT_EQ(write_time(milliseconds(0)), "0s");
  EXPECT_EQ(write_time(milliseconds(1)), "1ms");
  EXPECT_EQ(write_time(milliseconds(1500)), "1500ms");
  EXPECT_EQ(write_time(milliseconds(90'000)), "90s");
  EXPECT_EQ(write_time(milliseconds(3'600'000)), "1h");
  EXPECT_EQ(write_time(milliseconds(86'400'000)), "1d");
}

TEST(Units, ReadsSizes) {
  const struct {
    std::string_view text;
    std::optional<std::uint64_t> bytes;
  } cases[] = {
      {"0", 0},
      {"1500", 1500},
      {"64K", 65'536},
      {"16M", 16'777'216},
      {"2G", 2'147'483'648},
      {"", {}},
      {"K", {}},
      {"64k", {}},
      {"64KB", {}},
      {"-1", {}},
      {"1T", {}},
      {"0x10", {}},
      {"9007199254740992", std::uint64_t{1} << 53},
      {"9007199254740993", {}},
      {"8388609G", {}},
  };
  for (const auto& [text, bytes] : cases) EXPECT_EQ(parse_size(text), bytes) << text;
}

TEST(Units, ReadsWhatItWrites) {
  for (std::uint64_t value : {0u, 1u, 999u, 1000u, 1023u, 1024u, 65'536u, 90'000u, 86'400'000u, 1'048'577u}) {
    EXPECT_EQ(parse_size(write_size(value)), value);
    EXPECT_EQ(parse_time(write_time(milliseconds(value))), milliseconds(value));
  }
}

}  // namespace
}  // namespace mogura::proxy::detail
