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

}  // namespace
}  // namespace mogura
