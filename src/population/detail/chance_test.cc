#include "population/detail/chance.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mogura::population::detail {
namespace {

TEST(Strength, IsAQuarterForEachTenthOfProbability) {
  EXPECT_DOUBLE_EQ(strength_of(1), 0);
  EXPECT_DOUBLE_EQ(strength_of(2), 0);
  EXPECT_DOUBLE_EQ(strength_of(0.1), 0.25);
  EXPECT_DOUBLE_EQ(strength_of(0.01), 0.5);
  EXPECT_DOUBLE_EQ(strength_of(1e-4), 1);
  EXPECT_DOUBLE_EQ(strength_of(0), 1);
}

TEST(Strength, AgainstOthersIsAHalfAtFiveAndOneAtFifty) {
  EXPECT_DOUBLE_EQ(strength_against(5), 0.5);
  EXPECT_DOUBLE_EQ(strength_against(50), 1);
  EXPECT_DOUBLE_EQ(strength_against(5000), 1);
  EXPECT_LT(strength_against(1), 0.2);
  EXPECT_GE(strength_against(0), 0);
}

// Every sequence of draws, one by one.
double chance_by_counting(const std::vector<double>& shares, std::size_t draws, std::size_t distinct) {
  double chance = 0;
  std::size_t sequences = 1;
  for (std::size_t i = 0; i < draws; ++i) sequences *= shares.size();
  for (std::size_t sequence = 0; sequence < sequences; ++sequence) {
    double probability = 1;
    std::size_t seen = 0;
    for (std::size_t i = 0, rest = sequence; i < draws; ++i, rest /= shares.size()) {
      probability *= shares[rest % shares.size()];
      seen |= std::size_t{1} << rest % shares.size();
    }
    if (static_cast<std::size_t>(__builtin_popcountll(seen)) <= distinct) chance += probability;
  }
  return chance;
}

TEST(DistinctDraws, HasTheChancesOfCountingEverySequence) {
  const std::vector<double> shares{0.5, 0.2, 0.2, 0.06, 0.04};
  const DistinctDraws draws(shares);
  for (std::size_t clients = 1; clients <= 6; ++clients) {
    double expected = 0;
    for (std::size_t k = 0; k <= clients; ++k) {
      const double chance = chance_by_counting(shares, clients, k);
      EXPECT_NEAR(draws.chance_of_at_most(k, clients), chance, 1e-12) << clients << " clients, " << k;
      expected += 1 - chance;
    }
    EXPECT_NEAR(draws.expected(clients), expected, 1e-9) << clients;
  }
}

TEST(DistinctDraws, OfOneThingIsTheSumOfPowers) {
  const DistinctDraws draws({0.5, 0.3, 0.2});
  EXPECT_NEAR(draws.chance_of_at_most(1, 4), 0.0625 + 0.0081 + 0.0016, 1e-12);
}

TEST(DistinctDraws, BeyondItsLimitsOnlyMakesChancesHigher) {
  const DistinctDraws draws({0.5, 0.5});
  EXPECT_EQ(draws.chance_of_at_most(1, DistinctDraws::kDraws), draws.chance_of_at_most(1, 100'000));
  const DistinctDraws many(std::vector<double>(DistinctDraws::kShares + 1000, 1.0));
  EXPECT_GT(many.chance_of_at_most(1, 3), 1.0 / std::pow(DistinctDraws::kShares + 1000, 2));
}

TEST(DistinctDraws, OfNothingSaysNothing) {
  const DistinctDraws draws({});
  EXPECT_EQ(draws.chance_of_at_most(1, 30), 1);
  EXPECT_EQ(draws.expected(30), 0);
}

TEST(DistinctDraws, DoesNotDependOnTheOrderOfShares) {
  const DistinctDraws one({0.1, 0.3, 0.2, 0.3, 0.1});
  const DistinctDraws other({0.3, 0.1, 0.1, 0.3, 0.2});
  for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(one.chance_of_at_most(k, 7), other.chance_of_at_most(k, 7));
}

TEST(Rarefied, IsTheExpectedNumberOfDifferentSitesAmongSomeVisits) {
  // 4 visits: 2 of one site, 1 of each of two others. Of the 6 pairs one is of one site: (1·1 + 5·2) / 6.
  const std::vector<double> distinct = rarefied({2, 1, 1}, 64);
  ASSERT_EQ(distinct.size(), 5u);
  EXPECT_DOUBLE_EQ(distinct[0], 0);
  EXPECT_DOUBLE_EQ(distinct[1], 1);
  EXPECT_NEAR(distinct[2], 11.0 / 6, 1e-12);
  EXPECT_DOUBLE_EQ(distinct[4], 3);
}

TEST(Rarefied, StopsAtTheMostAskedFor) {
  EXPECT_EQ(rarefied({100}, 3), (std::vector<double>{0, 1, 1, 1}));
  EXPECT_EQ(rarefied({}, 3), (std::vector<double>{0}));
}

}  // namespace
}  // namespace mogura::population::detail
