#include "session/detail/message_stats.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};
constexpr auto kUp = Direction::kUp;
constexpr auto kDown = Direction::kDown;

struct Fixture {
  explicit Fixture(const Limits& limits_in = {}) : limits(limits_in), stats(limits, session, memory) {}

  Limits limits;
  Session session;
  MessageMemory memory;
  MessageStats stats;

  const Session& written() {
    stats.write(false);
    return session;
  }
};

TEST(LengthHistogram, CountsUpToItsLimitOfDistinctLengths) {
  for (const std::uint32_t distinct : {4u, 5u, 6u}) {
    LengthHistogram histogram;
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t length = 0; length < distinct; ++length) histogram.add(length, 5);
    }
    std::vector<LengthCount> counts;
    histogram.append_to(counts, kUp);
    EXPECT_EQ(counts.size(), std::min(distinct, 5u));
  }
}

TEST(LengthHistogram, KeepsCountsWhenItGrows) {
  LengthHistogram histogram;
  for (std::uint32_t length = 0; length < 100; ++length) {
    for (int i = 0; i < 3; ++i) histogram.add(length * 16, 128);
  }
  std::vector<LengthCount> counts;
  histogram.append_to(counts, kDown);
  ASSERT_EQ(counts.size(), 100u);
  for (const LengthCount& count : counts) EXPECT_EQ(count.count, 3u);
}

TEST(MessageStats, WritesRepeatedLengthsMostFrequentFirst) {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.stats.add(kDown, 100, kStart);
  for (int i = 0; i < 5; ++i) f.stats.add(kUp, 52, kStart);
  f.stats.add(kUp, 1, kStart);
  const Session& session = f.written();
  EXPECT_EQ(session.exchanges, (std::array<std::uint64_t, 2>{6, 3}));
  ASSERT_EQ(session.lengths.size(), 2u) << "a length that occurred once recurs not";
  EXPECT_EQ(session.lengths[0].length, 52u);
  EXPECT_EQ(session.lengths[1].direction, kDown);
}

TEST(MessageStats, CorrectsTheLengthOfAMessageThatWasCut) {
  Fixture f;
  for (int i = 0; i < 2; ++i) {
    f.stats.add(kUp, 40, kStart);
    f.stats.lengthen_last(kUp, 1420, kStart);
  }
  const Session& session = f.written();
  ASSERT_EQ(session.lengths.size(), 1u);
  EXPECT_EQ(session.lengths[0].length, 1460u);
  EXPECT_EQ(session.exchanges[0], 2u);
  EXPECT_EQ(session.messages[1].length, 1460u);
  EXPECT_EQ(session.small_messages[0], 0u) << "it only looked small";
}

TEST(MessageStats, TellsTheRhythmOfTheClientByMedians) {
  Fixture f;
  Timestamp time = kStart;
  for (const int seconds : {0, 5, 5, 6, 5, 60}) {
    time += std::chrono::seconds(seconds);
    f.stats.add(kUp, 10, time);
    f.stats.add(kDown, 10, time + std::chrono::seconds(1));
  }
  const Session& session = f.written();
  ASSERT_TRUE(session.has_interval);
  EXPECT_NEAR(session.interval_median_s, 5, 1e-6);
  EXPECT_NEAR(session.interval_mad_s, 0, 1e-6);
}

TEST(MessageStats, HasNoRhythmWithOneMessage) {
  Fixture f;
  f.stats.add(kUp, 10, kStart);
  EXPECT_FALSE(f.written().has_interval);
}

TEST(MessageStats, CountsTurnsSmallMessagesAndTheLongestSilence) {
  Fixture f;
  const struct {
    Direction direction;
    std::uint32_t length;
    int at_s;
  } messages[] = {{kUp, 128, 0}, {kUp, 129, 1},    {kDown, 5, 3},
                  {kUp, 1, 10},  {kDown, 2000, 8}, {kDown, 7, 12}};
  for (const auto& m : messages) f.stats.add(m.direction, m.length, kStart + std::chrono::seconds(m.at_s));
  const Session& session = f.written();
  EXPECT_EQ(session.turns, 3u);
  EXPECT_EQ(session.small_messages, (std::array<std::uint32_t, 2>{2, 2}));
  EXPECT_EQ(session.longest_silence_s, 7) << "from the third to the fourth; one captured late makes none";
}

TEST(MessageStats, KeepsTheFirstMessagesAndAFairShareOfEachDirection) {
  const struct {
    std::size_t limit, up, down, kept_up, kept_down;
    const char* why;
  } rows[] = {
      {8, 100, 0, 6, 0, "three quarters at most of one direction"},
      {8, 0, 100, 0, 6, "of either"},
      {8, 5, 100, 5, 3, "together no more than the limit"},
      {8, 6, 1, 6, 1, "the quarter is for the other"},
      {8, 7, 0, 6, 0, "one more than the share"},
      {0, 9, 9, 0, 0, "none are wanted"},
  };
  for (const auto& row : rows) {
    Limits limits;
    limits.kept_messages = row.limit;
    Fixture f(limits);
    for (std::size_t i = 0; i < row.up; ++i) f.stats.add(kUp, 1, kStart);
    for (std::size_t i = 0; i < row.down; ++i) f.stats.add(kDown, 1, kStart);
    const Session& session = f.written();
    std::size_t up = 0;
    for (const MessageStart& message : session.messages) up += message.direction == kUp ? 1 : 0;
    EXPECT_EQ(up, row.kept_up) << row.why;
    EXPECT_EQ(session.messages.size() - up, row.kept_down) << row.why;
    EXPECT_EQ(session.exchanges[0], row.up) << row.why;
  }
}

TEST(MessageStats, KeepsTheFirstBytesOfMessages) {
  Fixture f;
  f.limits.kept_bytes_per_message = 4;
  for (const char* text : {"abc", "defg", "hijkl"})
    f.stats.add(kUp, 9, kStart, as_bytes(std::string_view(text)));
  f.stats.add(kDown, 9, kStart);
  const std::vector<MessageStart>& messages = f.written().messages;
  ASSERT_EQ(messages.size(), 4u);
  EXPECT_EQ(f.session.bytes_of(messages[0]), "abc");
  EXPECT_EQ(f.session.bytes_of(messages[1]), "defg");
  EXPECT_EQ(f.session.bytes_of(messages[2]), "hijk");
  EXPECT_EQ(f.session.bytes_of(messages[3]), "");
}

TEST(MessageStats, TellsTimesFromTheStartThatWasFoundLast) {
  using std::chrono::milliseconds;
  Fixture f;
  f.stats.set_start(kStart);
  f.stats.add(kUp, 9, kStart + milliseconds(15));
  f.stats.add(kUp, 9, kStart - milliseconds(2));  // the clock went back
  f.stats.set_start(kStart - milliseconds(5));    // an earlier packet was captured later
  f.stats.add(kUp, 9, kStart + milliseconds(20));
  f.stats.add(kUp, 9, kStart + std::chrono::hours(24 * 60));
  std::vector<std::uint32_t> times;
  for (const MessageStart& message : f.written().messages) times.push_back(message.time_ms);
  EXPECT_EQ(times, (std::vector<std::uint32_t>{20, 5, 25, UINT32_MAX}));
}

TEST(MessageStats, CountsPayloadsAndKeepsPiecesOfBodies) {
  Fixture f;
  f.stats.count(kUp, 300, kStart);  // a head
  f.stats.count(kUp, 500, kStart);
  f.stats.keep(kUp, 400, kStart, {});
  f.stats.lengthen_counted(kUp, 10);
  f.stats.lengthen_kept(kUp, 10, kStart);
  f.stats.count(kUp, 200, kStart);  // a head, of which the capture cut the body behind it
  f.stats.lengthen_kept(kUp, 50, kStart);
  EXPECT_EQ(f.written().exchanges[0], 3u);
  ASSERT_EQ(f.session.messages.size(), 2u);
  EXPECT_EQ(f.session.messages[0].length, 410u);
  EXPECT_EQ(f.session.messages[1].length, 50u);
}

TEST(MessageStats, ForgetsWhatIsKeptAndGoesOnCounting) {
  Fixture f;
  for (int i = 0; i < 3; ++i) f.stats.add(kUp, 9, kStart, as_bytes(std::string_view("abc")));
  f.stats.restart_keeping();
  f.stats.add(kUp, 5, kStart, as_bytes(std::string_view("x")));
  EXPECT_EQ(f.written().exchanges[0], 4u);
  EXPECT_TRUE(f.session.lengths.empty());
  ASSERT_EQ(f.session.messages.size(), 1u);
  EXPECT_EQ(f.session.message_bytes, "x");
  f.stats.clear();
  EXPECT_EQ(f.written(), Session());
}

TEST(MessageMemory, IsUsedAgain) {
  MessageMemory memory;
  const Limits limits;
  const MessageStart* list = nullptr;
  for (int round = 0; round < 3; ++round) {
    Session session;
    {
      MessageStats stats(limits, session, memory);
      for (int i = 0; i < 30; ++i)
        stats.add(i % 2 == 0 ? kUp : kDown, 9, kStart, as_bytes(std::string_view("0123456789")));
      stats.write(true);
    }
    EXPECT_EQ(session.message_bytes.size(), 300u);
    EXPECT_TRUE(round == 0 || session.messages.data() == list);
    list = session.messages.data();
    memory.take_from(session);
    EXPECT_EQ(session.messages.capacity(), 0u) << "a record holds none while its connection lives";
    EXPECT_EQ(memory.kept.size(), 1u);
    EXPECT_EQ(memory.texts.size(), 1u);
  }
}

TEST(MessageMemory, KeepsNoLongTexts) {
  MessageMemory memory;
  Session session;
  session.message_bytes = std::string(MessageMemory::kPooledText + 1, 'x');
  memory.take_from(session);
  EXPECT_TRUE(memory.texts.empty());
  EXPECT_LE(session.message_bytes.capacity(), 15u);
}

TEST(MessageStats, WritesTheSameAgain) {
  Fixture f;
  for (int i = 0; i < 5; ++i) f.stats.add(kUp, 9, kStart + std::chrono::seconds(i));
  const Session once = f.written();
  EXPECT_EQ(f.written(), once);
  f.stats.write(true);
  EXPECT_EQ(f.session, once);
}

}  // namespace
}  // namespace mogura::session::detail
