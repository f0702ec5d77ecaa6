#include "alert/detail/backoff.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mogura::alert::detail {
namespace {

using std::chrono::seconds;

TEST(Backoff, GrowsFromNothingToItsLongest) {
  Backoff backoff(1, 5);
  for (const int expected : {0, 1, 2, 4, 5, 5}) EXPECT_EQ(backoff.fail(), seconds(expected));
  backoff.succeed();
  for (const int expected : {0, 1, 2}) EXPECT_EQ(backoff.fail(), seconds(expected));
}

TEST(Backoff, TakesAnyNumbers) {
  Backoff longest_below_first(10, 3);
  for (const int expected : {0, 3, 3}) EXPECT_EQ(longest_below_first.fail(), seconds(expected));
  Backoff none(0, 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(none.fail(), seconds(0));
  EXPECT_EQ(Backoff::to_pause(-1), seconds(0));
  EXPECT_EQ(Backoff::to_pause(INFINITY), seconds(86'400));
}

}  // namespace
}  // namespace mogura::alert::detail
