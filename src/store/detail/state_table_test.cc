#include "store/detail/state_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace mogura::store::detail {
namespace {

using challenge::Entry;
using challenge::StateKey;

StateKey key(std::uint64_t number) {
  StateKey key;
  for (std::size_t i = 0; i < 8; ++i) key.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return key;
}

Timestamp at(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

EntryBytes entry_at(Timestamp touched, std::uint16_t issued = 0) {
  Entry entry;
  entry.touched = touched;
  entry.issued = issued;
  return encode(entry);
}

std::uint32_t place_of(const StateKey& key) {
  return static_cast<std::uint32_t>(hash_of(key));
}

EntryBytes* put(StateTable& table, std::uint64_t number, Timestamp now, std::uint16_t issued = 0) {
  const StateKey chosen = key(number);
  EntryBytes* found = table.find(chosen, place_of(chosen));
  if (found == nullptr) found = table.insert(chosen, place_of(chosen), now);
  if (found != nullptr) *found = entry_at(now, issued);
  return found;
}

const EntryBytes* find(StateTable& table, std::uint64_t number) {
  return table.find(key(number), place_of(key(number)));
}

TEST(StateTable, IsEmptyAtFirst) {
  StateTable table(10, std::chrono::seconds(100));
  EXPECT_EQ(find(table, 1), nullptr);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.bytes(), 0u);
}

TEST(StateTable, TheKeyOfZerosIsAKey) {
  StateTable table(10, std::chrono::seconds(100));
  put(table, 0, at(1));
  EXPECT_NE(find(table, 0), nullptr);
  EXPECT_EQ(find(table, 1), nullptr);
}

// At every fill, right after growing, too.
TEST(StateTable, NeedsAtMost160BytesAnEntryFromTheThirdOn) {
  StateTable table(1'000'000, std::chrono::seconds(100));
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    put(table, i, at(1));
    if (table.size() >= 3) {
      ASSERT_LE(table.bytes(), 160 * table.size()) << table.size();
    }
  }
  for (std::uint64_t i = 0; i < 100'000; ++i) ASSERT_NE(find(table, i), nullptr) << i;
}

TEST(StateTable, HoldsAsManyAsTheLimitAndNoMore) {
  StateTable table(100, std::chrono::seconds(1000));
  for (std::uint64_t i = 0; i < 99; ++i) put(table, i, at(1));
  EXPECT_EQ(table.size(), 99u);
  put(table, 99, at(1));
  EXPECT_EQ(table.size(), 100u);
  EXPECT_EQ(table.evicted(), 0u);
  put(table, 100, at(1));
  EXPECT_EQ(table.size(), 100u);
  EXPECT_EQ(table.evicted(), 1u);
  EXPECT_NE(find(table, 100), nullptr);
}

TEST(StateTable, OneEntryIsALimit) {
  StateTable table(1, std::chrono::seconds(1000));
  for (std::uint64_t i = 0; i < 10; ++i) put(table, i, at(1));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_NE(find(table, 9), nullptr);
}

TEST(StateTable, WhenFullTheLongestUntouchedOfThoseLookedAtGoes) {
  StateTable table(16, std::chrono::seconds(1000));
  for (std::uint64_t i = 0; i < 16; ++i) put(table, i, at(i == 5 ? 1 : 2));
  put(table, 16, at(3));
  EXPECT_EQ(find(table, 5), nullptr);
  EXPECT_EQ(table.evicted(), 1u);
}

// It took a minute to read ten million entries again: those of a table's first half, put into a table of half
// the size, all belonged to the first half of that.
TEST(StateTable, TakesEntriesInTheOrderOfAnotherTableWithoutLongSearches) {
  StateTable table(1'000'000, std::chrono::seconds(100));
  for (std::uint64_t i = 0; i < 300'000; ++i) put(table, i, at(1));
  std::vector<StateRecord> records;
  table.copy_to(records);
  StateTable other(1'000'000, std::chrono::seconds(100));
  for (const StateRecord& record : records) {
    *other.insert(record.key, place_of(record.key), at(1)) = record.entry;
  }
  EXPECT_EQ(other.size(), 300'000u);
}

TEST(StateTable, ExpiredOnesGoBeforeTheTableGrows) {
  StateTable table(1'000'000, std::chrono::seconds(10));
  for (std::uint64_t i = 0; i < 10'000; ++i) put(table, i, at(1));
  const std::size_t bytes = table.bytes();
  for (std::uint64_t i = 10'000; i < 20'000; ++i) put(table, i, at(20));
  EXPECT_EQ(table.expired(), 10'000u);
  EXPECT_LE(table.bytes(), bytes + bytes / 4);
  EXPECT_EQ(table.evicted(), 0u);
}

TEST(StateTable, AnEntryExpiresWhenItsTimeHasPassed) {
  const StateTable table(10, std::chrono::seconds(10));
  EXPECT_FALSE(table.is_expired(entry_at(at(100)), at(100)));
  EXPECT_FALSE(table.is_expired(entry_at(at(100)), at(109)));
  EXPECT_TRUE(table.is_expired(entry_at(at(100)), at(110)));
  EXPECT_FALSE(table.is_expired(entry_at(at(100)), at(50))) << "a clock that was set back";
  EXPECT_FALSE(table.is_expired(entry_at(Timestamp::max()), Timestamp::min()));
  EXPECT_TRUE(table.is_expired(entry_at(Timestamp::min()), Timestamp::max()));
}

// Insertions, replacements and evictions in any order, beside a map: what is found is right, and at most what
// was evicted is not found.
TEST(StateTable, LosesNothingButWhatItEvicts) {
  std::mt19937 random(3);
  StateTable table(300, std::chrono::seconds(1'000'000));
  std::map<std::uint64_t, std::uint16_t> model;
  for (int i = 1; i < 50'000; ++i) {
    const std::uint64_t number = random() % 500;
    ASSERT_NE(put(table, number, at(i), static_cast<std::uint16_t>(i)), nullptr);
    model[number] = static_cast<std::uint16_t>(i);
    ASSERT_NE(find(table, number), nullptr);
  }
  std::size_t found = 0;
  for (const auto& [number, issued] : model) {
    const EntryBytes* entry = find(table, number);
    if (entry == nullptr) continue;
    ++found;
    EXPECT_EQ(decode(*entry)->issued, issued);
  }
  EXPECT_EQ(found, 300u);
  EXPECT_EQ(table.size(), 300u);
  std::vector<StateRecord> records;
  table.copy_to(records);
  EXPECT_EQ(records.size(), 300u);
}

}  // namespace
}  // namespace mogura::store::detail
