#include "finding/detail/words.h"

#include <gtest/gtest.h>

namespace mogura::finding::detail {
namespace {

TEST(FitsGlob, TakesStarsForAnyRun) {
  const struct {
    std::string_view text, glob;
    bool fits;
  } cases[] = {
      {"git/2.39", "git/*", true},
      {"GIT/2", "git/*", true},
      {"git", "git/*", false},
      {"", "*", true},
      {"", "", true},
      {"a", "", false},
      {"abcabc", "*abc", true},
      {"abcab", "*abc", false},
      {"aXbYc", "a*b*c", true},
      {"aXbY", "a*b*c", false},
      {"a.example", "*.example", true},
      {"aaaa", "a*a*a*a*a", false},
  };
  for (const auto& c : cases) EXPECT_EQ(fits_glob(c.text, c.glob), c.fits) << c.text << " " << c.glob;
}

TEST(Number, HasAsManyDigitsAsSayIt) {
  EXPECT_EQ(number(17), "17");
  EXPECT_EQ(number(0.05), "0.05");
  EXPECT_EQ(number(4.25), "4.2");
  EXPECT_EQ(number(1234.5), "1234");
}

TEST(Span, ChoosesTheUnit) {
  EXPECT_EQ(span(5), "5 s");
  EXPECT_EQ(span(119.5), "120 s");
  EXPECT_EQ(span(300), "5 min");
  EXPECT_EQ(span(7200), "2 h");
}

TEST(Counted, HasItsPlural) {
  EXPECT_EQ(counted(1, "session"), "1 session");
  EXPECT_EQ(counted(2, "session"), "2 sessions");
  EXPECT_EQ(counted(0, "session"), "0 sessions");
}

TEST(Percent, IsOfAShare) {
  EXPECT_EQ(percent(0.31), "31 %");
}

}  // namespace
}  // namespace mogura::finding::detail
