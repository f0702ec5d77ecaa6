#include "packet/tcp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "packet/detail/tcp_playbook_test.h"

namespace mogura::packet::test {

namespace {

// --- reopening ---

struct ReopenCase {
  const char* connection;
  const char* segment;
  bool reopens;
  const char* why;
};

const ReopenCase kReopenCases[] = {
    {"C syn seq=999", "C syn seq=999", false, "the SYN again"},
    {"C syn seq=999", "C syn seq=5999", true, "another attempt, with another number"},
    {"C syn seq=999", "S syn seq=77 ack=1000", false, "the answer"},
    {"C syn seq=999; S syn seq=77 ack=1000; C seq=1000 ack=78 \"abc\"", "C syn seq=999", false,
     "late repetition"},
    {"C syn seq=999; S syn seq=77 ack=1000; C seq=1000 ack=78 \"abc\"", "S syn seq=77 ack=1000", false,
     "likewise"},
    {"C syn seq=999; S syn seq=77 ack=1000; C seq=1000 ack=78 \"abc\"", "C syn seq=500000", true, "moved on"},
    {"C syn seq=999; S syn seq=77 ack=1000; C seq=1000 ack=78 \"abc\"", "C syn rst seq=500000", false,
     "no SYN at all"},
    {"C syn seq=999; S syn seq=77 ack=1000; C seq=1000 ack=78 \"abc\"", "C seq=500000 ack=7", false,
     "no SYN"},
    {"C syn seq=999; S syn seq=77 ack=1000; C fin seq=1000; S fin seq=78", "C syn seq=2000", true, "closed"},
    {"C syn seq=999; S syn seq=77 ack=1000; C fin seq=1000; S fin seq=78", "C syn seq=999", false,
     "closed, repeated"},
    {"C syn seq=999; S rst seq=0 ack=1000", "C syn seq=2000", true, "refused, tried again"},
    {"C syn seq=999; S rst seq=0 ack=1000", "C syn seq=999", false, "refused, the same SYN again"},
    {"S rst seq=0 ack=1000", "C syn seq=999", false, "the refusal was captured before the SYN"},
    {"S fin seq=78 \"x\"; S rst seq=79", "C syn seq=999", true, "one side alone was captured, and has reset"},
    {"C seq=1000 \"abc\"", "C syn seq=999", false, "held back: its own SYN"},
    {"C seq=1000 \"abc\"", "C syn seq=900", false, "held back: its own SYN, and a hole"},
    {"C seq=1000 \"abc\"", "C syn seq=1000", true, "held back: beyond what was sent"},
    {"C seq=1000 \"abc\"", "C syn seq=3000000000", true, "held back: far off"},
    {"C fin seq=1000", "C syn seq=999", false, "held back: a FIN alone"},
    {"C fin seq=1000", "C syn seq=1000", true, "held back: a FIN alone, of another connection"},
    {"C seq=1000 \"abc\"; C seq=1003 \"d\" t=2", "C syn seq=999", false, "mid-stream: its own SYN"},
    {"C seq=1000 \"abc\"; C seq=1003 \"d\" t=2", "C syn seq=900", false,
     "mid-stream: its own SYN, captured late"},
    {"C seq=1000 \"abc\"; C seq=1003 \"d\" t=2", "C syn seq=1003", true, "mid-stream: another number"},
    {"C seq=1000 \"abc\"; C seq=1003 \"d\" t=2; S rst seq=7", "C syn seq=900", true, "mid-stream, and reset"},
};

TEST(TcpReopening, TellsANewConnectionFromARepeatedSyn) {
  for (const ReopenCase& c : kReopenCases) {
    SCOPED_TRACE(std::string(c.why) + ": " + c.segment + "  after: " + c.connection);
    SegmentPool pool{Limits{}};
    RecordingSink sink;
    TcpConnection connection;
    Timestamp now{};
    std::string lines = c.connection;
    for (std::size_t end = 0; end != std::string::npos; lines.erase(0, end + 2)) {
      end = lines.find("; ");
      const std::string line = lines.substr(0, end);
      connection.on_segment(parse_segment(line, now), pool, sink);
      if (end == std::string::npos) break;
    }
    EXPECT_EQ(connection.is_reopened_by(parse_segment(c.segment, now)), c.reopens);
    connection.finish(now, pool, sink);
  }
}

TEST(TcpConnection, CanBeMovedWhileBytesWait) {
  SegmentPool pool{Limits{}};
  RecordingSink sink;
  TcpConnection first;
  Timestamp now{};
  first.on_segment(parse_segment("C syn seq=999", now), pool, sink);
  first.on_segment(parse_segment("C seq=1003 \"def\"", now), pool, sink);
  TcpConnection second = std::move(first);
  second.on_segment(parse_segment("C seq=1000 \"abc\"", now), pool, sink);
  EXPECT_EQ(sink.streams[0], "abcdef");
  second.finish(now, pool, sink);
}

TEST(TcpConnection, IsSmall) {
  EXPECT_LE(sizeof(TcpConnection), 128u);
}

// --- properties over generated connections ---

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

struct Conversation {
  std::string content[2];
  std::uint32_t begin[2];  // sequence numbers of the first bytes
  std::vector<TcpSegment> segments;
};

TcpSegment bare_segment(const Conversation& talk, Side side, std::uint32_t offset,
                        std::uint32_t acknowledged) {
  const auto s = static_cast<std::size_t>(side);
  TcpSegment segment;
  segment.from = side;
  segment.flags = tcp_flag::kAck;
  segment.sequence = talk.begin[s] + offset;
  segment.acknowledgment = talk.begin[1 - s] + acknowledged;
  return segment;
}

void add_handshake(Conversation& talk) {
  TcpSegment syn = bare_segment(talk, Side::kLow, 0, 0);
  syn.sequence -= 1;
  syn.flags = tcp_flag::kSyn;
  TcpSegment answer = bare_segment(talk, Side::kHigh, 0, 0);
  answer.sequence -= 1;
  answer.flags = tcp_flag::kSyn | tcp_flag::kAck;
  talk.segments.push_back(syn);
  talk.segments.push_back(answer);
}

// Cuts what is left of both contents into segments that alternate at random, each acknowledging what was sent
// so far.
void add_data(Conversation& talk, Generator& random, std::uint32_t longest) {
  std::uint32_t sent[2] = {0, 0};
  while (sent[0] < talk.content[0].size() || sent[1] < talk.content[1].size()) {
    std::size_t s = random.below(2);
    if (sent[s] == talk.content[s].size()) s = 1 - s;
    const auto left = static_cast<std::uint32_t>(talk.content[s].size()) - sent[s];
    TcpSegment segment = bare_segment(talk, static_cast<Side>(s), sent[s], sent[1 - s]);
    segment.payload_length = std::min(left, 1 + random.below(longest));
    segment.payload = as_bytes(talk.content[s]).subspan(sent[s], segment.payload_length);
    sent[s] += segment.payload_length;
    talk.segments.push_back(segment);
    if (random.chance(20))
      talk.segments.push_back(bare_segment(talk, static_cast<Side>(1 - s), sent[1 - s], sent[s]));
  }
}

void add_fins(Conversation& talk) {
  const std::uint32_t ends[2] = {static_cast<std::uint32_t>(talk.content[0].size()),
                                 static_cast<std::uint32_t>(talk.content[1].size())};
  for (const Side side : {Side::kLow, Side::kHigh}) {
    const auto s = static_cast<std::size_t>(side);
    TcpSegment fin = bare_segment(talk, side, ends[s], ends[1 - s]);
    fin.flags |= tcp_flag::kFin;
    talk.segments.push_back(fin);
    talk.segments.push_back(bare_segment(talk, opposite(side), ends[1 - s] + 1, ends[s] + 1));
  }
}

Conversation talk_of(Generator& random) {
  Conversation talk;
  for (std::size_t s = 0; s < 2; ++s) {
    const std::uint32_t size = 1 + random.below(2000);
    for (std::uint32_t i = 0; i < size; ++i) talk.content[s] += static_cast<char>('a' + random.below(26));
    // Now and then right before the wrap.
    talk.begin[s] = random.chance(30) ? 0u - random.below(2000) : static_cast<std::uint32_t>(random.next());
  }
  return talk;
}

void shuffle(std::vector<TcpSegment>& segments, Generator& random, std::size_t reach) {
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const std::size_t span = std::min(reach, segments.size() - i);
    std::swap(segments[i], segments[i + random.below(static_cast<std::uint32_t>(span))]);
  }
}

struct Outcome {
  RecordingSink sink;
  TcpCounters counters;
};

// Feeds the segments with times of half a second altogether, and finishes. Every payload is a block of its
// own.
Outcome outcome_of(const std::vector<TcpSegment>& segments) {
  Outcome outcome;
  SegmentPool pool{Limits{}};
  TcpConnection connection;
  Timestamp now{std::chrono::seconds{1000}};
  for (TcpSegment segment : segments) {
    segment.time = now += std::chrono::milliseconds{500} / segments.size();
    const std::vector<std::uint8_t> payload(segment.payload.begin(), segment.payload.end());
    segment.payload = payload;
    connection.on_segment(segment, pool, outcome.sink);
  }
  connection.finish(now, pool, outcome.sink);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
  EXPECT_TRUE(connection.is_closed());
  EXPECT_EQ(outcome.sink.ends[0] + outcome.sink.ends[1], 2);
  outcome.counters = pool.counters;
  return outcome;
}

// The stream as it must come out: what some segment holds, else '~' where one was cut off, else '_'.
std::string expected_stream(const Conversation& talk, Side side) {
  const auto s = static_cast<std::size_t>(side);
  std::string stream(talk.content[s].size(), '_');
  for (const TcpSegment& segment : talk.segments) {
    if (segment.from != side || segment.payload_length == 0) continue;
    const std::uint32_t offset = segment.sequence - talk.begin[s];
    for (std::uint32_t i = 0; i < segment.payload_length; ++i) {
      if (i < segment.payload.size())
        stream[offset + i] = talk.content[s][offset + i];
      else if (stream[offset + i] == '_')
        stream[offset + i] = '~';
    }
  }
  return stream;
}

constexpr std::size_t kAnyReach = 1u << 20;

TEST(TcpProperties, StreamsDoNotDependOnOrderRepetitionOrCutting) {
  Generator random(1);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    Conversation talk = talk_of(random);
    if (random.chance(70)) add_handshake(talk);  // else in mid-stream
    const std::uint32_t copies = 1 + random.below(3);
    for (std::uint32_t i = 0; i < copies; ++i) add_data(talk, random, 8 + random.below(200));
    if (random.chance(70)) add_fins(talk);
    if (random.chance(30))
      talk.segments.insert(talk.segments.end(), talk.segments.begin(), talk.segments.end());
    const std::size_t reaches[] = {1, 4, kAnyReach};
    for (const std::size_t reach : reaches) {
      shuffle(talk.segments, random, reach);
      const Outcome outcome = outcome_of(talk.segments);
      ASSERT_EQ(outcome.sink.streams[0], talk.content[0]);
      ASSERT_EQ(outcome.sink.streams[1], talk.content[1]);
      ASSERT_EQ(outcome.counters.overlap_conflicts, 0u);
      ASSERT_EQ(outcome.counters.out_of_window_segments, 0u);
    }
  }
}

TEST(TcpProperties, TheHandshakeMayBeCapturedAnywhereInWholeOrInPart) {
  Generator random(2);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    Conversation talk = talk_of(random);
    add_handshake(talk);
    if (random.chance(50)) talk.segments.erase(talk.segments.begin() + random.below(2));
    add_data(talk, random, 8 + random.below(200));
    add_fins(talk);
    shuffle(talk.segments, random, kAnyReach);
    const Outcome outcome = outcome_of(talk.segments);
    ASSERT_EQ(outcome.sink.streams[0], talk.content[0]);
    ASSERT_EQ(outcome.sink.streams[1], talk.content[1]);
  }
}

TEST(TcpProperties, WhatIsDroppedIsAGapOfItsSizeInItsPlace) {
  Generator random(3);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    Conversation talk = talk_of(random);
    add_data(talk, random, 8 + random.below(200));
    const std::uint32_t percent = 1 + random.below(60);
    std::erase_if(talk.segments, [&](const TcpSegment&) { return random.chance(percent); });
    add_handshake(talk);
    add_fins(talk);
    shuffle(talk.segments, random, round % 2 == 0 ? kAnyReach : 4);
    const Outcome outcome = outcome_of(talk.segments);
    ASSERT_EQ(outcome.sink.streams[0], expected_stream(talk, Side::kLow));
    ASSERT_EQ(outcome.sink.streams[1], expected_stream(talk, Side::kHigh));
  }
}

TEST(TcpProperties, AnAcknowledgedTailIsAGapWhereTheFinWasDroppedToo) {
  Generator random(4);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    Conversation talk = talk_of(random);
    add_handshake(talk);
    add_data(talk, random, 8 + random.below(200));
    const auto size = static_cast<std::uint32_t>(talk.content[0].size());
    const std::uint32_t kept = random.below(size);
    std::erase_if(talk.segments, [&](const TcpSegment& segment) {
      return segment.from == Side::kLow &&
             segment.sequence + segment.payload_length - talk.begin[0] > kept + 1;
    });
    talk.segments.push_back(bare_segment(talk, Side::kHigh, 0, size));
    shuffle(talk.segments, random, kAnyReach);
    std::string expected = expected_stream(talk, Side::kLow);
    if (expected.size() == 1 || expected[expected.size() - 2] != '_') continue;  // could be a FIN as well
    ASSERT_EQ(outcome_of(talk.segments).sink.streams[0], expected);
  }
}

TEST(TcpProperties, WhatTheCaptureCutOffIsAGapOfItsSizeInItsPlace) {
  Generator random(5);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    Conversation talk = talk_of(random);
    if (random.chance(50)) add_handshake(talk);
    add_data(talk, random, 8 + random.below(200));
    add_fins(talk);
    const std::size_t snap = random.below(100);
    for (TcpSegment& segment : talk.segments) {
      segment.payload = segment.payload.first(std::min(snap, segment.payload.size()));
    }
    shuffle(talk.segments, random, round % 2 == 0 ? kAnyReach : 1);
    const Outcome outcome = outcome_of(talk.segments);
    ASSERT_EQ(outcome.sink.streams[0], expected_stream(talk, Side::kLow));
    ASSERT_EQ(outcome.sink.streams[1], expected_stream(talk, Side::kHigh));
    ASSERT_EQ(outcome.counters.gaps_bytes, 0u);
  }
}

}  // namespace

}  // namespace mogura::packet::test
