#include "pattern/detail/number_text.h"

#include <gtest/gtest.h>

namespace mogura::pattern::detail {
namespace {

TEST(PatternNumber, IsShortAndAlwaysAFloat) {
  EXPECT_EQ(number_text(60), "60.0");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1e22), "1e+22");
  EXPECT_EQ(number_text(18446744073709551616.0), "18446744073709551616.0");
}

}  // namespace
}  // namespace mogura::pattern::detail
