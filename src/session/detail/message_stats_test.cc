#include "session/detail/message_stats.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};

Session written(const MessageStats& stats) {
  Session session;
  stats.write_to(session);
  return session;
}

TEST(LengthHistogram, CountsUpToItsLimitOfDistinctLengths) {
  for (const std::uint32_t distinct : {4u, 5u, 6u}) {
    LengthHistogram histogram;
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t length = 0; length < distinct; ++length) histogram.add(length, 5);
    }
    std::vector<LengthCount> counts;
    histogram.append_to(counts, Direction::kUp);
    EXPECT_EQ(counts.size(), std::min(distinct, 5u));
  }
}

TEST(LengthHistogram, KeepsCountsWhenItGrows) {
  LengthHistogram histogram;
  for (std::uint32_t length = 0; length < 100; ++length) {
    for (int i = 0; i < 3; ++i) histogram.add(length * 16, 128);
  }
  std::vector<LengthCount> counts;
  histogram.append_to(counts, Direction::kDown);
  ASSERT_EQ(counts.size(), 100u);
  for (const LengthCount& count : counts) EXPECT_EQ(count.count, 3u);
}

TEST(MessageStats, WritesRepeatedLengthsMostFrequentFirst) {
  MessageStats stats;
  const Limits limits;
  for (int i = 0; i < 3; ++i) stats.add(Direction::kDown, 100, kStart, limits);
  for (int i = 0; i < 5; ++i) stats.add(Direction::kUp, 52, kStart, limits);
  stats.add(Direction::kUp, 1, kStart, limits);
  const Session session = written(stats);
  EXPECT_EQ(session.exchanges, (std::array<std::uint64_t, 2>{6, 3}));
  ASSERT_EQ(session.lengths.size(), 2u) << "a length that occurred once recurs not";
  EXPECT_EQ(session.lengths[0].length, 52u);
  EXPECT_EQ(session.lengths[1].direction, Direction::kDown);
}

TEST(MessageStats, CorrectsTheLengthOfAMessageThatWasCut) {
  MessageStats stats;
  const Limits limits;
  for (int i = 0; i < 2; ++i) {
    stats.add(Direction::kUp, 40, kStart, limits);
    stats.lengthen_last(Direction::kUp, 1420, limits);
  }
  const Session session = written(stats);
  ASSERT_EQ(session.lengths.size(), 1u);
  EXPECT_EQ(session.lengths[0].length, 1460u);
  EXPECT_EQ(session.exchanges[0], 2u);
}

TEST(MessageStats, TellsTheRhythmOfTheClientByMedians) {
  MessageStats stats;
  const Limits limits;
  Timestamp time = kStart;
  for (const int seconds : {0, 5, 5, 6, 5, 60}) {
    time += std::chrono::seconds(seconds);
    stats.add(Direction::kUp, 10, time, limits);
    stats.add(Direction::kDown, 10, time + std::chrono::seconds(1), limits);
  }
  const Session session = written(stats);
  ASSERT_TRUE(session.has_interval);
  EXPECT_NEAR(session.interval_median_s, 5, 1e-6);
  EXPECT_NEAR(session.interval_mad_s, 0, 1e-6);
}

TEST(MessageStats, HasNoRhythmWithOneMessage) {
  MessageStats stats;
  stats.add(Direction::kUp, 10, kStart, Limits{});
  EXPECT_FALSE(written(stats).has_interval);
}

}  // namespace
}  // namespace mogura::session::detail
