#include "challenge/regularity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace mogura::challenge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{std::chrono::seconds(1'800'000'000)};

// The same numbers everywhere and always.
class Dice {
 public:
  double next() {  // 0 to 1
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<double>(state_ >> 11) / static_cast<double>(std::uint64_t{1} << 53);
  }

 private:
  std::uint64_t state_ = 42;
};

Regularity every(Duration pause, int visits, bool is_of_page = false) {
  Regularity rhythm;
  for (int i = 0; i < visits; ++i) rhythm.add(kStart + i * pause, is_of_page);
  return rhythm;
}

TEST(Regularity, AClockIsAsRegularAsCanBe) {
  const auto figures = every(seconds(60), 31).figures();
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->intervals, 30u);
  EXPECT_DOUBLE_EQ(figures->median_s, 60);
  EXPECT_DOUBLE_EQ(figures->regularity, 1);
  EXPECT_DOUBLE_EQ(figures->span_s, 1800);
  EXPECT_DOUBLE_EQ(certainty(*figures), 1);
}

TEST(Regularity, SaysNothingOfFewIntervals) {
  EXPECT_FALSE(every(seconds(60), Regularity::kLeast).figures());
  EXPECT_TRUE(every(seconds(60), Regularity::kLeast + 1).figures());
}

TEST(Regularity, SaysNothingOfWhoIsAtWork) {
  EXPECT_FALSE(every(milliseconds(4999), 100).figures());
  EXPECT_TRUE(every(milliseconds(5000), 100).figures());
}

TEST(Regularity, PeopleComeByAtRandom) {
  Dice dice;
  int regular = 0;
  for (int person = 0; person < 200; ++person) {
    Regularity rhythm;
    Timestamp time = kStart;
    for (int visit = 0; visit < 60; ++visit) {
      time += milliseconds(1 + static_cast<std::int64_t>(-std::log(1 - dice.next()) * 90'000));
      rhythm.add(time, false);
    }
    const auto evidence = judge_regularity(rhythm);
    regular += evidence && evidence->weight >= 0.3 ? 1 : 0;
  }
  EXPECT_LE(regular, 4);
}

TEST(Regularity, JitterOfAFifthIsStillABeacon) {
  Dice dice;
  Regularity rhythm;
  Timestamp time = kStart;
  for (int visit = 0; visit < 40; ++visit) {
    time += milliseconds(static_cast<std::int64_t>(60'000 * (0.8 + 0.4 * dice.next())));
    rhythm.add(time, false);
  }
  const auto evidence = judge_regularity(rhythm);
  ASSERT_TRUE(evidence);
  EXPECT_GE(evidence->weight, 0.4);
}

TEST(Regularity, WhatAPageConsistsOfIsOneVisit) {
  Regularity rhythm;
  for (int visit = 0; visit < 10; ++visit) {
    for (int part = 0; part < 20; ++part)
      rhythm.add(kStart + seconds(300) * visit + milliseconds(100) * part, false);
  }
  EXPECT_EQ(rhythm.visits(), 10u);
  const auto figures = rhythm.figures();
  ASSERT_TRUE(figures);
  EXPECT_DOUBLE_EQ(figures->requests_per_visit, 20);
  EXPECT_DOUBLE_EQ(figures->median_s, 300);
}

TEST(Regularity, AMissedBeatChangesNothing) {
  Regularity rhythm;
  for (int visit = 0; visit < 20; ++visit) {
    if (visit != 12) rhythm.add(kStart + seconds(60) * visit, false);
  }
  EXPECT_DOUBLE_EQ(rhythm.figures()->regularity, 1);
}

TEST(Regularity, ForgetsWhatWasLongAgo) {
  Regularity rhythm;
  Timestamp time = kStart;
  for (int visit = 0; visit < 10; ++visit) rhythm.add(time += seconds(10), false);
  for (std::size_t visit = 0; visit < Regularity::kKept; ++visit) rhythm.add(time += seconds(600), false);
  EXPECT_DOUBLE_EQ(rhythm.figures()->median_s, 600);
}

TEST(Regularity, TimesThatGoBackAreNow) {
  Regularity rhythm = every(seconds(60), 10);
  rhythm.add(kStart, false);
  EXPECT_EQ(rhythm.visits(), 10u);
}

TEST(JudgeRegularity, SaysItInNumbers) {
  const auto evidence = judge_regularity(every(seconds(60), 41));
  ASSERT_TRUE(evidence);
  EXPECT_EQ(evidence->code, "regular-requests");
  EXPECT_EQ(evidence->text,
            "it came every 60 s (median of the last 16 of 40 intervals, half of them within 0 s of it) over "
            "40 min");
  EXPECT_DOUBLE_EQ(evidence->weight, 0.5);
}

TEST(JudgeRegularity, APagesScriptIsNoBeacon) {
  const auto evidence = judge_regularity(every(seconds(5), 1000, true));
  ASSERT_TRUE(evidence);
  EXPECT_DOUBLE_EQ(evidence->weight, 0.1);
}

TEST(JudgeRegularity, APageThatLoadsItselfAnewIsNoBeacon) {
  for (const int parts : {3, 4}) {
    Regularity rhythm;
    for (int visit = 0; visit < 40; ++visit) {
      for (int part = 0; part < parts; ++part)
        rhythm.add(kStart + seconds(60) * visit + milliseconds(50) * part, false);
    }
    EXPECT_DOUBLE_EQ(judge_regularity(rhythm)->weight, parts == 3 ? 0.5 : 0.1) << parts;
  }
}

}  // namespace
}  // namespace mogura::challenge
