#include "population/detail/usual_value.h"

#include <gtest/gtest.h>

namespace mogura::population::detail {
namespace {

TEST(UsualValue, IsTheMostFrequentOneAndOfEqualOnesTheSmallest) {
  UsualValue value;
  EXPECT_EQ(value.get(), "");
  value.add("b");
  value.add("a");
  EXPECT_EQ(value.get(), "a");
  value.add("b");
  value.add("");
  EXPECT_EQ(value.get(), "b");
}

TEST(UsualValue, DoesNotExistAmongTooMany) {
  UsualValue value;
  for (std::size_t i = 0; i < UsualValue::kMaxValues; ++i) value.add(std::to_string(i), 10 + i);
  EXPECT_EQ(value.get(), "7");
  value.add("one more");
  EXPECT_EQ(value.get(), "");
  value.add("7", 100);
  EXPECT_EQ(value.get(), "");
}

TEST(UsualValue, MergesLikeAdding) {
  UsualValue few, others, many;
  few.add("a", 2);
  others.add("b", 3);
  few.merge(others);
  EXPECT_EQ(few.get(), "b");
  for (std::size_t i = 0; i <= UsualValue::kMaxValues; ++i) many.add(std::to_string(i));
  few.merge(many);
  EXPECT_EQ(few.get(), "");
}

}  // namespace
}  // namespace mogura::population::detail
