#include "feature/detail/rhythm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mogura::feature::detail {
namespace {

// Times of `count` + 1 events with `interval()` milliseconds between them.
template <class Interval>
std::vector<std::int64_t> series(int count, Interval interval) {
  std::vector<std::int64_t> times = {1'000'000};
  for (int i = 0; i < count; ++i) times.push_back(times.back() + static_cast<std::int64_t>(interval(i)));
  return times;
}

TEST(Rhythm, ClockIsOne) {
  const auto rhythm = rhythm_of(series(20, [](int) { return 60'000; }));
  ASSERT_TRUE(rhythm);
  EXPECT_EQ(*rhythm, (Rhythm{20, 60, 0, 1, 1200}));
}

TEST(Rhythm, TooFewIntervalsGiveNone) {
  EXPECT_FALSE(rhythm_of(series(7, [](int) { return 60'000; })));
  EXPECT_TRUE(rhythm_of(series(8, [](int) { return 60'000; })));
  EXPECT_FALSE(rhythm_of({}));
}

TEST(Rhythm, PaceOfATransferIsNone) {
  EXPECT_FALSE(rhythm_of(series(50, [](int) { return 499; })));
  EXPECT_TRUE(rhythm_of(series(50, [](int) { return 500; })));
}

TEST(Rhythm, SpreadOfRandomArrivalsIsMeasuredAsZero) {
  EXPECT_NEAR(kPoissonSpread, std::asinh(0.5) / std::log(2.0), 1e-5);
  std::mt19937 random(1);
  std::exponential_distribution<double> pause(1.0 / 10'000);
  EXPECT_LT(rhythm_of(series(5000, [&](int) { return pause(random); }))->regularity, 0.1);
}

TEST(Rhythm, EightRandomArrivalsSeldomLookRegular) {
  std::mt19937 random(1);
  std::exponential_distribution<double> pause(1.0 / 10'000);
  int regular = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto rhythm = rhythm_of(series(8, [&](int) { return pause(random) + kSameEventMs; }));
    if (rhythm && rhythm->regularity > 0.5) ++regular;
  }
  EXPECT_LT(regular, 40);
}

TEST(Rhythm, JitterOfAThirdStaysClearlyRegular) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> pause(4000, 8000);
  const auto rhythm = rhythm_of(series(30, [&](int) { return pause(random); }));
  EXPECT_GT(rhythm->regularity, 0.55);
  EXPECT_LT(rhythm->regularity, 0.85);
  EXPECT_NEAR(rhythm->median_s, 6, 0.8);
}

TEST(Rhythm, MissedBeatsHardlyMatter) {
  const auto rhythm =
      rhythm_of(series(30, [](int i) { return i % 7 == 3 ? 120'000 : 60'000 + 100 * (i % 5); }));
  EXPECT_GT(rhythm->regularity, 0.98);
  EXPECT_NEAR(rhythm->median_s, 60.2, 0.2);
}

TEST(Rhythm, ParallelConnectionsAreOneEvent) {
  const auto rhythm = rhythm_of(series(60, [](int i) { return i % 3 == 2 ? 59'980 : 10; }));
  ASSERT_TRUE(rhythm);
  EXPECT_EQ(rhythm->intervals, 20u);
  EXPECT_EQ(rhythm->median_s, 60);
  EXPECT_EQ(rhythm->regularity, 1);
}

TEST(Rhythm, CheckInOfSeveralRequestsIsOneEvent) {
  const auto rhythm =
      rhythm_of(series(60, [](int i) { return i % 3 == 2 ? 59'000 + 20 * (i % 9) : 200 + 100 * (i % 5); }));
  ASSERT_TRUE(rhythm);
  EXPECT_EQ(rhythm->intervals, 20u);
  EXPECT_NEAR(rhythm->median_s, 60, 0.5);
  EXPECT_GT(rhythm->regularity, 0.9);
}

TEST(Rhythm, FastPollIsNotSweptIntoOneEvent) {
  const auto rhythm = rhythm_of(series(60, [](int) { return 1000; }));
  ASSERT_TRUE(rhythm);
  EXPECT_EQ(rhythm->intervals, 60u);
}

TEST(Rhythm, PagesReadAtLeisureHaveLittle) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> reading(10, 1);
  std::exponential_distribution<double> loading(1.0 / 300);
  const auto rhythm =
      rhythm_of(series(200, [&](int i) { return i % 6 == 5 ? reading(random) : loading(random); }));
  EXPECT_TRUE(!rhythm || rhythm->regularity < 0.4);
}

TEST(Rhythm, StrongerIsMoreRegularOrLonger) {
  const Rhythm few = {8, 60, 0, 0.9, 480};
  const Rhythm many = {100, 60, 0, 0.8, 6000};
  EXPECT_TRUE(is_stronger(many, few));
  EXPECT_FALSE(is_stronger(few, many));
  EXPECT_FALSE(is_stronger(few, few));
}

}  // namespace
}  // namespace mogura::feature::detail
