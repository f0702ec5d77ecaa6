#include "challenge/detail/passive_words.h"

#include <gtest/gtest.h>

namespace mogura::challenge::detail {
namespace {

TEST(PassiveWords, NumbersHaveAsFewDigitsAsSayIt) {
  EXPECT_EQ(number(17), "17");
  EXPECT_EQ(number(4.24), "4.2");
  EXPECT_EQ(number(0.051), "0.05");
  EXPECT_EQ(number(123.4), "123");
}

TEST(PassiveWords, SpansHaveTheUnitThatFits) {
  EXPECT_EQ(span(119), "119 s");
  EXPECT_EQ(span(120), "2 min");
  EXPECT_EQ(span(7200), "2 h");
}

TEST(PassiveWords, SharesAndHundredths) {
  EXPECT_EQ(share(3, 4, "requests"), "3 of 4 requests");
  EXPECT_DOUBLE_EQ(in_hundredths(0.126), 0.13);
}

}  // namespace
}  // namespace mogura::challenge::detail
