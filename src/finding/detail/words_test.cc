#include "finding/detail/words.h"

#include <gtest/gtest.h>

namespace mogura::finding::detail {
namespace {

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

TEST(Words, CutsWhatIsTooLongAndSaysSo) {
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("abcd", 3), "abc…");
  EXPECT_EQ(cut_text("abc…", 3), "abc…");
  EXPECT_EQ(cut_text("ab…", 3), "ab\xE2…") << "not cut there";
}

}  // namespace
}  // namespace mogura::finding::detail
