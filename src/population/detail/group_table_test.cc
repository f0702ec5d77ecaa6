#include "population/detail/group_table.h"

#include <gtest/gtest.h>

#include <string>

#include "population/stable_hash.h"

namespace mogura::population::detail {
namespace {

std::uint32_t find(GroupTable& table, const std::string& key) {
  return table.row_of(key, stable_hash(key), 1);
}

TEST(GroupTable, GivesOneRowPerKeyThroughGrowth) {
  GroupTable table{Limits{}};
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_EQ(find(table, "key" + std::to_string(i)), i);
  for (std::uint32_t i = 0; i < 5000; ++i) ASSERT_EQ(find(table, "key" + std::to_string(i)), i);
  EXPECT_EQ(table.rows()[4321].key, "key4321");
}

TEST(GroupTable, TellsApartKeysWithEqualHashes) {
  GroupTable table{Limits{}};
  EXPECT_EQ(table.row_of("a", 42, 1), 0u);
  EXPECT_EQ(table.row_of("b", 42, 1), 1u);
  EXPECT_EQ(table.row_of("a", 42, 1), 0u);
}

TEST(GroupTable, FindsWhatIsThereAndNothingElse) {
  GroupTable table{Limits{}};
  const std::string long_key(kGroupKeyBytes + 1, 'x');
  EXPECT_EQ(table.find("a"), GroupTable::kNoRow);
  find(table, "a");
  find(table, long_key);
  EXPECT_EQ(table.find("a"), 0u);
  EXPECT_EQ(table.find(long_key), 1u);
  EXPECT_EQ(table.find(long_key + "x"), GroupTable::kNoRow);
}

TEST(GroupTable, CountsWhatIsNotEvenLookedUp) {
  GroupTable table{Limits{}};
  table.count_not_listed(1, 5);
  table.count_not_listed(1, 1);
  table.count_not_listed(2, 1);
  EXPECT_EQ(table.sessions_not_listed(), 7u);
  EXPECT_EQ(table.keys_not_listed(), 2u);
}

TEST(GroupTable, HoldsTheBytesOfItsKeysWithinTheLimit) {
  GroupTable table{Limits{}};
  const std::size_t fitting = kGroupTextBytes / kGroupKeyBytes;
  for (std::size_t i = 0; i < fitting; ++i) {
    std::string key = std::to_string(i);
    key.resize(kGroupKeyBytes, '.');
    ASSERT_NE(find(table, key), GroupTable::kNoRow);
  }
  EXPECT_EQ(find(table, "x"), GroupTable::kNoRow);
  EXPECT_EQ(table.sessions_not_listed(), 1u);
  EXPECT_EQ(table.keys_not_listed(), 1u);
}

}  // namespace
}  // namespace mogura::population::detail
