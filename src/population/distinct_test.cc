#include "population/distinct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "population/stable_hash.h"

namespace mogura::population {
namespace {

constexpr std::size_t kLimit = 1024;

std::uint64_t nth(std::uint64_t n) {
  return stable_hash("member " + std::to_string(n));
}

Distinct count_range(std::uint64_t first, std::uint64_t last, std::size_t limit = kLimit) {
  Distinct distinct;
  for (std::uint64_t n = first; n < last; ++n) distinct.add(nth(n), limit);
  return distinct;
}

TEST(Distinct, CountsEachMemberOnceAtEverySizeUpToTheLimit) {
  Distinct distinct;
  EXPECT_EQ(distinct.count(), 0u);
  for (std::uint64_t n = 0; n < kLimit; ++n) {
    distinct.add(nth(n), kLimit);
    distinct.add(nth(n / 2), kLimit);
    ASSERT_EQ(distinct.count(), n + 1);
    ASSERT_TRUE(distinct.is_exact());
  }
}

TEST(Distinct, IsExactAtTheLimitAndEstimatesBeyond) {
  EXPECT_TRUE(count_range(0, kLimit - 1).is_exact());
  EXPECT_TRUE(count_range(0, kLimit).is_exact());
  EXPECT_EQ(count_range(0, kLimit).count(), kLimit);
  EXPECT_FALSE(count_range(0, kLimit + 1).is_exact());
}

TEST(Distinct, EstimatesWithinThreeStandardErrorsAtAllSizes) {
  for (const std::uint64_t size : {1025u, 2000u, 5000u, 10'000u, 12'000u, 30'000u, 300'000u}) {
    const auto estimate = static_cast<double>(count_range(0, size).count());
    EXPECT_NEAR(estimate / static_cast<double>(size), 1.0, 3 * 0.01625) << size;
  }
}

TEST(Distinct, EstimatesWithoutBiasAndWithTheStatedSpread) {
  constexpr int kRuns = 100;
  constexpr double kSize = 5000;
  double sum = 0;
  double squares = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    const auto count = count_range(run * 1'000'000, run * 1'000'000 + 5000).count();
    const double error = static_cast<double>(count) / kSize - 1;
    sum += error;
    squares += error * error;
  }
  EXPECT_NEAR(sum / kRuns, 0.0, 0.005);
  EXPECT_LT(std::sqrt(squares / kRuns), 0.018);
}

TEST(Distinct, GivesTheSameEstimateForEver) {
  EXPECT_EQ(count_range(0, 20'000).count(),
            20'001u);  // a change here changes reports that others have stored
}

TEST(Distinct, MergesPartsToTheWhole) {
  for (const std::uint64_t size : {0u, 1u, 2u, 9u, 100u, 1024u, 1025u, 5000u}) {
    for (const std::uint64_t cut : {std::uint64_t{0}, size / 3, size / 2, size}) {
      Distinct left = count_range(0, cut);
      left.merge(count_range(cut / 2, size), kLimit);
      Distinct right = count_range(cut / 2, size);
      right.merge(count_range(0, cut), kLimit);
      const Distinct whole = count_range(0, size);
      EXPECT_EQ(left.count(), whole.count()) << size << " cut at " << cut;
      EXPECT_EQ(right.count(), whole.count()) << size << " cut at " << cut;
      EXPECT_EQ(left.is_exact(), whole.is_exact());
    }
  }
}

TEST(Distinct, DoesNotDependOnTheOrder) {
  std::vector<std::uint64_t> members;
  for (std::uint64_t n = 0; n < 4000; ++n) members.push_back(nth(n % 3000));
  std::mt19937 random(7);
  const auto expected = count_range(0, 3000).count();
  for (int round = 0; round < 5; ++round) {
    std::shuffle(members.begin(), members.end(), random);
    Distinct distinct;
    for (const std::uint64_t member : members) distinct.add(member, kLimit);
    EXPECT_EQ(distinct.count(), expected);
  }
}

TEST(Distinct, CountsAHashOfZeroAsAMember) {
  Distinct distinct;
  distinct.add(0, kLimit);
  distinct.add(0, kLimit);
  EXPECT_EQ(distinct.count(), 1u);
}

TEST(Distinct, EstimatesFromTheFirstMemberWithALimitOfZero) {
  EXPECT_EQ(count_range(0, 1, 0).count(), 1u);
  EXPECT_FALSE(count_range(0, 1, 0).is_exact());
}

TEST(Distinct, KeepsTheFirstMemberOffTheHeapAndNeverGrowsPastTheTable) {
  EXPECT_EQ(count_range(0, 1).heap_bytes(), 0u);
  EXPECT_LE(count_range(0, 2).heap_bytes(), 16u);
  EXPECT_LE(count_range(0, 1024).heap_bytes(), 16384u);
  EXPECT_EQ(count_range(0, 100'000).heap_bytes(), 4096u);
}

TEST(Distinct, MovesLeaveAnEmptyCount) {
  for (const std::uint64_t size : {1u, 5u, 500u, 2000u}) {
    Distinct from = count_range(0, size);
    const auto count = from.count();
    Distinct to = std::move(from);
    EXPECT_EQ(to.count(), count);
    EXPECT_EQ(from.count(), 0u);  // NOLINT(bugprone-use-after-move): the header promises it
    from = std::move(to);
    EXPECT_EQ(from.count(), count);
  }
}

TEST(StableHash, NeverChanges) {
  EXPECT_EQ(stable_hash(""), 0xfc841716a3738e51u);
  EXPECT_EQ(stable_hash("example.org:443"), 0xcbdd42f16a84d79bu);
  EXPECT_EQ(stable_hash(Address::v4(0x0A000001)), 0xdba4743636fc8131u);
}

TEST(StableHash, TellsApartTextsThatDifferInLengthOrTailOnly) {
  EXPECT_NE(stable_hash("a"), stable_hash(std::string_view("a\0", 2)));
  EXPECT_NE(stable_hash("12345678"), stable_hash(std::string_view("12345678\0", 9)));
  EXPECT_NE(stable_hash("12345678a"), stable_hash("12345678b"));
}

}  // namespace
}  // namespace mogura::population
