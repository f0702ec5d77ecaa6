#include "challenge/detail/bounded_table.h"

#include <gtest/gtest.h>

namespace mogura::challenge::detail {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};

TEST(BoundedTable, TheOneUsedLongestAgoMakesRoom) {
  BoundedTable<int> table(BoundedTable<int>::kWays);
  for (std::uint64_t key = 0; key < 8; ++key)
    table.at(key, kStart + std::chrono::seconds(key)) = static_cast<int>(key);
  EXPECT_EQ(table.at(0, kStart + std::chrono::seconds(8)), 0);
  EXPECT_EQ(table.evicted(), 0u);
  EXPECT_EQ(table.at(8, kStart + std::chrono::seconds(9)), 0);
  EXPECT_EQ(table.evicted(), 1u);
  EXPECT_EQ(table.find(1), nullptr);
  ASSERT_NE(table.find(2), nullptr);
  EXPECT_EQ(*table.find(2), 2);
  EXPECT_EQ(table.size(), 8u);
}

TEST(BoundedTable, HasRoomForAtLeastWhatWasAskedFor) {
  EXPECT_EQ(BoundedTable<int>(0).capacity(), 8u);
  EXPECT_EQ(BoundedTable<int>(8).capacity(), 8u);
  EXPECT_EQ(BoundedTable<int>(9).capacity(), 16u);
}

}  // namespace
}  // namespace mogura::challenge::detail
