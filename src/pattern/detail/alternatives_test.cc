#include "pattern/detail/alternatives.h"

#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using testing::condition;
using testing::list_of;

Condition leaf(std::string text) {
  return condition(On::kKind, std::move(text));
}

// "ab|ac": the texts of the conditions of each alternative.
std::string alternatives(const Condition& condition) {
  std::string text;
  for (const Alternative& alternative : alternatives_of(condition)) {
    if (!text.empty()) text += "|";
    for (const Condition* one : alternative) text += one->text;
  }
  return text;
}

TEST(PatternAlternatives, AnAnyBecomesOneForEachPart) {
  EXPECT_EQ(alternatives(leaf("a")), "a");
  EXPECT_EQ(alternatives(list_of(On::kAll, {leaf("a"), leaf("b")})), "ab");
  EXPECT_EQ(alternatives(list_of(On::kAny, {leaf("a"), leaf("b")})), "a|b");
  EXPECT_EQ(alternatives(list_of(On::kAll, {leaf("a"), list_of(On::kAny, {leaf("b"), leaf("c")})})), "ab|ac");
  EXPECT_EQ(alternatives(list_of(On::kAny, {list_of(On::kAll, {leaf("a"), leaf("b")}), leaf("c")})), "ab|c");
}

TEST(PatternAlternatives, AreLimited) {
  const auto choices = [](std::size_t count) {
    return list_of(On::kAny, std::vector<Condition>(count, leaf("x")));
  };
  EXPECT_EQ(alternatives_of(choices(kAlternatives)).size(), kAlternatives);
  EXPECT_TRUE(alternatives_of(choices(kAlternatives + 1)).empty());
  EXPECT_EQ(alternatives_of(list_of(On::kAll, {choices(4), choices(4)})).size(), 16u);
  EXPECT_TRUE(alternatives_of(list_of(On::kAll, {choices(4), choices(5)})).empty());
}

}  // namespace
}  // namespace mogura::pattern::detail
