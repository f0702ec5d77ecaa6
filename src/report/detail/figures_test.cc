#include "report/detail/figures.h"

#include <gtest/gtest.h>

namespace mogura::report::detail {
namespace {

using namespace std::chrono_literals;

TEST(Figures, SeparatesThousands) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(1234567), "1,234,567");
  EXPECT_EQ(with_thousands(18446744073709551615u), "18,446,744,073,709,551,615");
}

TEST(Figures, GivesBytesAUnitAndAtMostThreeDigits) {
  EXPECT_EQ(with_unit(0), "0 B");
  EXPECT_EQ(with_unit(999), "999 B");
  EXPECT_EQ(with_unit(1000), "1.0 kB");
  EXPECT_EQ(with_unit(99'949), "99.9 kB");
  EXPECT_EQ(with_unit(99'951), "100 kB");
  EXPECT_EQ(with_unit(999'499), "999 kB");
  EXPECT_EQ(with_unit(999'500), "1.0 MB");
  EXPECT_EQ(with_unit(12'400'191), "12.4 MB");
  EXPECT_EQ(with_unit(18446744073709551615u), "18.4 EB");
}

TEST(Figures, GivesSharesOneDecimal) {
  EXPECT_EQ(percent(1, 3), "33.3 %");
  EXPECT_EQ(percent(3, 3), "100.0 %");
  EXPECT_EQ(percent(0, 0), "");
}

TEST(Figures, GivesSpansTheTwoLargestUnits) {
  EXPECT_EQ(span_of(-1s), "0.0 s");
  EXPECT_EQ(span_of(400ms), "0.4 s");
  EXPECT_EQ(span_of(9960ms), "10 s");
  EXPECT_EQ(span_of(59600ms), "1 min 0 s");
  EXPECT_EQ(span_of(185s), "3 min 5 s");
  EXPECT_EQ(span_of(88min + 30s), "1 h 28 min");
  EXPECT_EQ(span_of(51h), "2 d 3 h");
}

TEST(Figures, TellsDaysAndTimes) {
  const Timestamp time{1'795'325'759'999'999'999ns};
  EXPECT_EQ(day_of(time), "2026-11-22");
  EXPECT_EQ(time_of(time), "05:35:59");
}

TEST(Figures, UsesTheSingularForOne) {
  EXPECT_EQ(plural(1, "session"), "1 session");
  EXPECT_EQ(plural(0, "session"), "0 sessions");
  EXPECT_EQ(plural(1000, "session"), "1,000 sessions");
}

}  // namespace
}  // namespace mogura::report::detail
