#include "protocol/detail/http1_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mogura::protocol::detail {
namespace {

TEST(HttpText, ComparesLettersOnlyIgnoringCase) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const char text = static_cast<char>(a);
      const char lowered = static_cast<char>(b);
      if (lower(lowered) != lowered) continue;
      EXPECT_EQ(equals_ignoring_case({&text, 1}, {&lowered, 1}), lower(text) == lowered) << a << ' ' << b;
    }
  }
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_TRUE(starts_with_ignoring_case("HTTP/1.1", "http/"));
  EXPECT_FALSE(starts_with_ignoring_case("HT", "http/"));
}

TEST(HttpText, TrimsAndTakesWords) {
  EXPECT_EQ(trim(" \t a b\r "), "a b");
  EXPECT_EQ(trim(" "), "");
  std::string_view text = "one two";
  EXPECT_EQ(take_word(text), "one");
  EXPECT_EQ(text, " two");
}

TEST(HttpText, VisitsTheElementsOfAList) {
  std::vector<std::string> elements;
  for_each_element(" a, b ,,\tc;d=e,", [&](std::string_view element) { elements.emplace_back(element); });
  EXPECT_EQ(elements, (std::vector<std::string>{"a", "b", "c;d=e"}));
}

}  // namespace
}  // namespace mogura::protocol::detail
