#include "base/text.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(Text, ComparesLettersAloneWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("CoNNect", "connect"));
  EXPECT_TRUE(equals_ignoring_case("", ""));
  EXPECT_FALSE(equals_ignoring_case("connec", "connect"));
  EXPECT_FALSE(equals_ignoring_case("connectx", "connect"));
  EXPECT_FALSE(equals_ignoring_case("a{", "a["));
  EXPECT_FALSE(equals_ignoring_case("a[", "a{"));
}

TEST(FitsGlob, StarStandsForAnyRun) {
  const struct {
    const char* glob;
    const char* text;
    bool matches;
  } cases[] = {
      {"", "", true},          {"", "a", false},        {"*", "", true},         {"*", "abc", true},
      {"abc", "abc", true},    {"abc", "abcd", false},  {"a*", "abc", true},     {"*c", "abc", true},
      {"a*c", "ac", true},     {"a*c", "abcbc", true},  {"a*c", "abcb", false},  {"*b*", "abc", true},
      {"*b*b*", "abc", false}, {"a?c", "abc", false},   {"a?c", "a?c", true},    {"[ab]", "a", false},
      {"**a", "a", true},      {"*aab", "aaaab", true}, {"a*b*c", "a1b2", false}};
  for (const auto& one : cases)
    EXPECT_EQ(fits_glob(one.text, one.glob), one.matches) << one.glob << " " << one.text;
}

TEST(FitsGlob, ManyStarsOnLongTextEnd) {
  std::string glob;
  for (int i = 0; i < 200; ++i) glob += "a*";
  EXPECT_FALSE(fits_glob(std::string(4000, 'a'), glob + "b"));
}

TEST(FitsGlobIgnoringCase, TakesStarsForAnyRun) {
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
  for (const auto& c : cases)
    EXPECT_EQ(fits_glob_ignoring_case(c.text, c.glob), c.fits) << c.text << " " << c.glob;
}

TEST(FitsGlobIgnoringCase, FitsTheWholeText) {
  struct Case {
    std::string_view text, pattern;
    bool fits;
  };
  for (const Case& c : {
           Case{"CN=www.abc.net", "cn=www.*.net", true},
           {"CN=www.abc.net,O=X", "cn=www.*.net", false},
           {"abc", "abc", true},
           {"abcd", "abc", false},
           {"", "", true},
           {"", "*", true},
           {"aXbXc", "a*b*c", true},
           {"aXbX", "a*b*c", false},
           {"mississippi", "m*iss*ppi", true},
       }) {
    EXPECT_EQ(fits_glob_ignoring_case(c.text, c.pattern), c.fits) << c.text << " " << c.pattern;
  }
}

}  // namespace
}  // namespace mogura
