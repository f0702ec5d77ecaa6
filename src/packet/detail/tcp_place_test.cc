// Where bytes go: order, repetition, overlap, parts that the capture cut off, and the limits on what waits.

#include <gtest/gtest.h>

#include "packet/detail/tcp_playbook_test.h"
#include "packet/detail/tcp_waiting.h"

namespace mogura::packet::test {

namespace {

constexpr const char* kEstablished = R"(
  >> C syn seq=999 t=0
  >> S syn seq=4999 ack=1000
  >> C seq=1000 ack=5000
)";

}  // namespace

TEST(TcpPlace, DeliversInSequenceOrder) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1006 ack=5000 "ghi"
    >> C seq=1003 ack=5000 "def"
    >> C seq=1009 ack=5000 "jkl"
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    << C data "def"
    << C data "ghi"
    << C data "jkl"
  )");
  EXPECT_EQ(book.pool.counters.out_of_order_segments, 3u);
  EXPECT_EQ(book.pool.bytes_in_use(), 0u);
}

TEST(TcpPlace, DropsRepeatedBytes) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    >> C seq=1000 ack=5000 "abc"
    >> C seq=1001 ack=5000 "bcd"
    << C data "d"
    >> C seq=1010 ack=5000 "klm"
    >> C seq=1010 ack=5000 "klm"
  )");
  EXPECT_EQ(book.pool.counters.retransmitted_bytes, 3u + 2u + 3u);
  EXPECT_EQ(book.pool.counters.overlap_conflicts, 0u);
}

TEST(TcpPlace, LetsTheFirstCopyWinInEveryOverlap) {
  struct Case {
    const char* waiting;
    const char* later;
    const char* rest;
    const char* stream;
    unsigned conflicts;
    const char* why;
  };
  const Case cases[] = {
      {"seq=1004 \"EFGH\"", "seq=1004 \"xxxx\"", "seq=1000 \"abcd\"", "abcdEFGH", 1, "the same place"},
      {"seq=1004 \"EFGH\"", "seq=1004 \"EFGH\"", "seq=1000 \"abcd\"", "abcdEFGH", 0, "the same bytes"},
      {"seq=1004 \"EFGH\"", "seq=1002 \"xxxx\"", "seq=1000 \"ab\"", "abxxEFGH", 1, "the front"},
      {"seq=1004 \"EFGH\"", "seq=1006 \"xxxx\"", "seq=1000 \"abcd\"", "abcdEFGHxx", 1, "the back"},
      {"seq=1004 \"EFGH\"", "seq=1005 \"xx\"", "seq=1000 \"abcd\"", "abcdEFGH", 1, "the middle"},
      {"seq=1004 \"EFGH\"", "seq=1002 \"xxxxxxxx\"", "seq=1000 \"ab\"", "abxxEFGHxx", 1, "more on both ends"},
      {"seq=1004 \"EFGH\"", "seq=1008 \"ij\"", "seq=1000 \"abcd\"", "abcdEFGHij", 0, "adjacent: none"},
      {"seq=1004 \"EFGH\"", "seq=1000 \"abcdxFGHij\"", "seq=1010 \"k\"", "abcdEFGHijk", 1,
       "what comes is in order"},
      {"seq=1004 \"EFGH\"", "seq=1000 \"abcdEF\"", "seq=1008 \"i\"", "abcdEFGHi", 0, "in order, ends inside"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    SegmentPool pool{Limits{}};
    RecordingSink sink;
    TcpConnection connection;
    Timestamp now{};
    for (const std::string line : {"syn seq=999", c.waiting, c.later, c.rest}) {
      connection.on_segment(parse_segment("C " + line, now), pool, sink);
    }
    EXPECT_EQ(sink.streams[0], c.stream);
    EXPECT_EQ(pool.counters.overlap_conflicts, c.conflicts);
    EXPECT_EQ(pool.bytes_in_use(), 0u);
    connection.finish(now, pool, sink);
  }
}

TEST(TcpPlace, CountsAConflictOncePerSegment) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1002 ack=5000 "cc"
    >> C seq=1006 ack=5000 "gg"
    >> C seq=1001 ack=5000 "xxxxxxxx"
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    << C data "x"
    << C data "cc"
    << C data "xx"
    << C data "gg"
    << C data "x"
  )");
  EXPECT_EQ(book.pool.counters.overlap_conflicts, 1u);
}

TEST(TcpPlace, KeepsWhatTheCaptureCutOffInPlace) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "ab" len=10
    << C data "ab"
    << C cut 8
    # nothing of the payload captured: a cut of its own
    >> C seq=1010 ack=5000 len=5
    << C cut 5
    >> C seq=1025 ack=5000 "cd" len=10
    >> C seq=1015 ack=5000 "ef" len=10
    << C data "ef"
    << C cut 8
    << C data "cd"
    << C cut 8
    >> S seq=5000 ack=1035 "x"
    << S data "x" acked=35
  )");
  EXPECT_EQ(book.pool.counters.cut_bytes, 8u + 5u + 8u + 8u);
  EXPECT_EQ(book.pool.counters.gaps_bytes, 0u);
}

TEST(TcpPlace, FillsWhatWasCutOffFromALaterFullCopy) {
  struct Case {
    const char* later;
    const char* stream;
    const char* why;
  };
  const Case cases[] = {
      // waiting: "BC" and six cut off, from the second byte on
      {"seq=1001 \"BCDEFGHI\"", "aBCDEFGHIj", "the whole segment again"},
      {"seq=1003 \"DEFGHI\"", "aBCDEFGHIj", "what was cut off"},
      {"seq=1003 \"DE\"", "aBCDE~~~~j", "its front"},
      {"seq=1007 \"HI\"", "aBC~~~~HIj", "its back"},
      {"seq=1005 \"FG\"", "aBC~~FG~~j", "its middle"},
      {"seq=1005 \"FG\" len=4", "aBC~~FG~~j", "cut off itself"},
      {"seq=1001 len=8", "aBC~~~~~~j", "cut off before its payload"},
      {"seq=1000 \"aBCDE\" len=9", "aBCDE~~~~j", "in order, and cut off itself"},
      {"seq=1000 \"aBCDEFGHIj\"", "aBCDEFGHIj", "in order"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    SegmentPool pool{Limits{}};
    RecordingSink sink;
    TcpConnection connection;
    Timestamp now{};
    for (const std::string line :
         {"syn seq=999", "seq=1001 \"BC\" len=8", c.later, "seq=1000 \"a\"", "seq=1009 \"j\""}) {
      connection.on_segment(parse_segment("C " + line, now), pool, sink);
    }
    EXPECT_EQ(sink.streams[0], c.stream);
    EXPECT_EQ(pool.bytes_in_use(), 0u);
    connection.finish(now, pool, sink);
  }
}

TEST(TcpPlace, LeavesWhatWasCutOffWhereTheListIsFull) {
  // Filling the middle takes two places more. A copy that finds no room is dropped, never misplaced.
  for (const std::size_t runs : {3u, 4u}) {
    Limits limits;
    limits.out_of_order_runs = runs;
    SegmentPool pool(limits);
    RecordingSink sink;
    TcpConnection connection;
    Timestamp now{};
    for (const std::string line :
         {"syn seq=999", "seq=1001 \"BC\" len=8", "seq=1005 \"FG\"", "seq=1000 \"a\"", "seq=1009 \"j\""}) {
      connection.on_segment(parse_segment("C " + line, now), pool, sink);
    }
    EXPECT_EQ(sink.streams[0], runs == 3 ? "aBC~~~~~~j" : "aBC~~FG~~j");
    connection.finish(now, pool, sink);
  }
}

TEST(TcpPlace, DeliversACutCopyInOrderOverAWaitingOne) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1004 ack=5000 "EF"
    # cut off where the waiting run has the bytes, and beyond it
    >> C seq=1000 ack=5000 "ab" len=9
    << C data "ab"
    << C cut 2
    << C data "EF"
    << C cut 3
  )");
}

// --- limits ---

TEST(TcpPlaceLimits, GivesTheHoleUpBeyondTheBytesOfADirection) {
  for (const int beyond : {-1, 0, 1}) {
    SCOPED_TRACE(beyond);
    Limits limits;
    limits.out_of_order_bytes = 8;
    Playbook book(limits);
    book.play(kEstablished);
    book.play(">> C seq=1010 ack=5000 \"klmn\"");
    const std::string text(static_cast<std::size_t>(4 + beyond), 'x');
    const std::string segment = ">> C seq=1020 ack=5000 \"" + text + "\"\n";
    if (beyond <= 0) {
      book.play(segment);
      EXPECT_EQ(book.pool.counters.holes_given_up_by_limit, 0u);
      book.play(">> finish\n<< C gap 10\n<< C data \"klmn\"\n<< C gap 6\n<< C data \"" + text +
                "\"\n<< C end timeout\n<< S end timeout");
    } else {
      book.play(segment + "<< C gap 10\n<< C data \"klmn\"");
      EXPECT_EQ(book.pool.counters.holes_given_up_by_limit, 1u);
      book.play(">> finish\n<< C gap 6\n<< C data \"xxxxx\"\n<< C end timeout\n<< S end timeout");
    }
  }
}

TEST(TcpPlaceLimits, DeliversASegmentLargerThanTheLimitAtOnce) {
  Limits limits;
  limits.out_of_order_bytes = 3;
  Playbook book(limits);
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1002 ack=5000 "cde"
    >> C seq=1007 ack=5000 "hijk"
    << C gap 2
    << C data "cde"
    << C gap 2
    << C data "hijk"
  )");
  EXPECT_EQ(book.pool.counters.holes_given_up_by_limit, 2u);
}

TEST(TcpPlaceLimits, GivesTheHoleUpBeyondTheRunsOfADirection) {
  for (const std::size_t runs : {2u, 3u, 4u}) {
    SCOPED_TRACE(runs);
    Limits limits;
    limits.out_of_order_runs = runs;
    Playbook book(limits);
    book.play(kEstablished);
    book.play(R"(
      >> C seq=1002 ack=5000 "c"
      >> C seq=1004 ack=5000 "e"
    )");
    book.play(runs == 2 ? ">> C seq=1006 ack=5000 \"g\"\n<< C gap 2\n<< C data \"c\""
                        : ">> C seq=1006 ack=5000 \"g\"");
    EXPECT_EQ(book.pool.counters.holes_given_up_by_limit, runs == 2 ? 1u : 0u);
    const char* rest =
        "<< C gap 1\n<< C data \"e\"\n<< C gap 1\n<< C data \"g\"\n<< C end timeout\n<< S end timeout";
    book.play((runs == 2 ? ">> finish\n" : ">> finish\n<< C gap 2\n<< C data \"c\"\n") + std::string(rest));
  }
}

TEST(TcpPlaceLimits, GivesTheHoleUpOfTheConnectionThatAsksForMoreThanThePoolHas) {
  constexpr std::size_t kTwo = 2 * detail::WaitingRuns::kRunCost + 8;
  for (const std::size_t total : {kTwo - 1, kTwo, kTwo + 1}) {
    SCOPED_TRACE(total);
    Limits limits;
    limits.out_of_order_bytes_total = total;
    SegmentPool pool(limits);
    RecordingSink first_sink;
    RecordingSink second_sink;
    TcpConnection first;
    TcpConnection second;
    Timestamp now{};
    const std::string syn = "C syn seq=999";
    const std::string waits = "C seq=1002 \"cdef\"";
    first.on_segment(parse_segment(syn, now), pool, first_sink);
    first.on_segment(parse_segment(waits, now), pool, first_sink);
    second.on_segment(parse_segment(syn, now), pool, second_sink);
    second.on_segment(parse_segment(waits, now), pool, second_sink);
    EXPECT_EQ(first_sink.streams[0], "");
    EXPECT_EQ(second_sink.streams[0], total < kTwo ? "__cdef" : "");
    EXPECT_EQ(pool.counters.holes_given_up_by_limit, total < kTwo ? 1u : 0u);
    first.finish(now, pool, first_sink);
    second.finish(now, pool, second_sink);
    EXPECT_EQ(pool.bytes_in_use(), 0u);
  }
}

TEST(TcpPlaceLimits, HoldsABeginningBackNoLongerBeyondItsBytes) {
  for (const int beyond : {-1, 0, 1}) {
    SCOPED_TRACE(beyond);
    Limits limits;
    limits.midstream_bytes = 6;
    Playbook book(limits);
    book.play(">> C seq=1004 ack=5000 \"efg\"");
    const std::string text(static_cast<std::size_t>(3 + beyond), 'x');
    book.play(">> C seq=1000 ack=5000 \"" + text + "\"\n" +
              (beyond <= 0 ? "" : "<< C data \"xxxx\"\n<< C data \"efg\""));
    book.play(">> finish\n" +
              (beyond > 0    ? std::string()
               : beyond == 0 ? "<< C data \"xxx\"\n<< C gap 1\n<< C data \"efg\"\n"
                             : "<< C data \"xx\"\n<< C gap 2\n<< C data \"efg\"\n") +
              "<< C end timeout\n<< S end timeout");
  }
}

TEST(TcpPlaceLimits, StaysBoundedUnderAFloodOfTinySegments) {
  // One byte in two, from the far end: the worst place to insert, and nothing ever in order.
  SegmentPool pool{Limits{}};
  RecordingSink sink;
  TcpConnection connection;
  Timestamp now{};
  connection.on_segment(parse_segment("C syn seq=999", now), pool, sink);
  TcpSegment segment = parse_segment("C seq=1000 ack=1", now);
  const std::uint8_t byte[] = {'x'};
  segment.payload = byte;
  segment.payload_length = 1;
  const std::size_t runs = Limits{}.out_of_order_runs;
  for (std::uint32_t at = 200'000; at > 0; at -= 2) {
    segment.sequence = 1000 + at;
    connection.on_segment(segment, pool, sink);
    ASSERT_LE(pool.bytes_in_use(), runs * (detail::WaitingRuns::kRunCost + 1));
  }
  connection.finish(now, pool, sink);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace mogura::packet::test
