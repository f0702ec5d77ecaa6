#include "pattern/detail/rule_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using testing::bytes_at;
using ::testing::ElementsAre;
using testing::pattern_of;

TEST(RuleText, NumbersAreLocalAndTheSameEachTime) {
  EXPECT_EQ(rule_number("ssh-in-connect-3f2a", 0), rule_number("ssh-in-connect-3f2a", 0));
  EXPECT_NE(rule_number("ssh-in-connect-3f2a", 0), rule_number("ssh-in-connect-3f2a", 1));
  for (const char* id : {"a", "b", "c", "d"}) {
    EXPECT_GE(rule_number(id, 0), 1'000'000u);
    EXPECT_LT(rule_number(id, 0), 2'000'000u);
  }
}

TEST(RuleText, TitlesMeanNothingInAnyLanguage) {
  Pattern pattern = pattern_of("id-1", {});
  EXPECT_EQ(title_of(pattern), "id-1");
  pattern.name = "a\"; drop; \\ |00| \n#日 b";
  EXPECT_EQ(title_of(pattern), "a__ drop_ _ _00_ _____ b");
}

TEST(RuleText, ContentsEscapeAllButLettersAndDigits) {
  EXPECT_EQ(content_of("abc9"), "abc9");
  EXPECT_EQ(content_of("a;b"), "a|3b|b");
  EXPECT_EQ(content_of("\"|\\"), "|22 7c 5c|");
  EXPECT_EQ(content_of(std::string("\0\xff"
                                   "a",
                                   3)),
            "|00 ff|a");
  EXPECT_EQ(content_of(""), "");
}

TEST(RuleText, ExpressionsEscapeAllButLettersAndDigits) {
  EXPECT_EQ(regex_of("a/.*\n"), "a\\x2f\\x2e\\x2a\\x0a");
}

TEST(RuleText, GlobsFallIntoPieces) {
  EXPECT_THAT(pieces_of_glob("a*bc*"), ElementsAre("a", "bc"));
  EXPECT_THAT(pieces_of_glob("**"), ElementsAre());
  EXPECT_THAT(pieces_of_glob("abc"), ElementsAre("abc"));
}

TEST(RuleText, FixedRunsStandBetweenWildcards) {
  const Condition condition =
      bytes_at(session::Direction::kUp, 0, 0, "ab.c", std::string("\xff\xff\0\xff", 4));
  const std::vector<FixedRun> runs = fixed_runs(condition.bytes);
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].bytes, "ab");
  EXPECT_EQ(runs[1].at, 3u);
  EXPECT_EQ(runs[1].bytes, "c");
}

TEST(RuleText, ShortBytesStandAnywhere) {
  EXPECT_FALSE(is_rare_anywhere(bytes_at(session::Direction::kUp, 0, 0, "abc").bytes));
  EXPECT_TRUE(is_rare_anywhere(bytes_at(session::Direction::kUp, 0, 0, "abcd").bytes));
  EXPECT_FALSE(is_rare_anywhere(
      bytes_at(session::Direction::kUp, 0, 0, "abcd", std::string("\xff\xff\xff\0", 4)).bytes));
}

TEST(RuleText, LossesAreToldOnce) {
  const Pattern pattern = pattern_of("id-1", {});
  Exported out;
  Losses losses(pattern, out);
  losses.add("a thing");
  losses.add("a thing");
  EXPECT_EQ(losses.comments(), "# id-1: not expressed: a thing\n");
  EXPECT_THAT(out.losses, ElementsAre("id-1: a thing"));
}

}  // namespace
}  // namespace mogura::pattern::detail
