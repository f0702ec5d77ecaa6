// What a segment brings: which sequence numbers belong to the stream, FIN, RST, probes, wrap-around.

#include <gtest/gtest.h>

#include "packet/detail/tcp_playbook_test.h"

namespace mogura::packet::test {

namespace {

constexpr const char* kEstablished = R"(
  >> C syn seq=999 t=0
  >> S syn seq=4999 ack=1000
  >> C seq=1000 ack=5000
)";

}  // namespace

TEST(TcpTake, CountsOffsetsAcrossTheWrapOfSequenceNumbers) {
  Playbook book;
  book.play(R"(
    >> C syn seq=4294967292
    >> S syn seq=4999 ack=4294967293
    >> C seq=4294967293 ack=5000 "abcdef"
    << C data "abcdef"
    >> S seq=5000 ack=3 "x"
    << S data "x" acked=6
    >> C seq=5 ack=5001 "ij"
    >> C seq=3 ack=5001 "gh"
    << C data "gh"
    << C data "ij"
  )");
}

TEST(TcpTake, CountsOffsetsInSixtyFourBits) {
  // Segments of a thousand million bytes each, one byte of which was captured: sequence numbers wrap, offsets
  // do not.
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "a" len=1000000000
    << C data "a"
    << C cut 999999999
    >> C seq=1000001000 ack=5000 "b" len=1000000000
    << C data "b"
    << C cut 999999999
    >> C seq=2000001000 ack=5000 "c" len=1000000000
    << C data "c"
    << C cut 999999999
    >> C seq=3000001000 ack=5000 "d" len=1000000000
    << C data "d"
    << C cut 999999999
    >> C seq=4000001000 ack=5000 "e" len=1000000000
    << C data "e"
    << C cut 999999999
    >> S seq=5000 ack=705033704 "answer"
    << S data "answer" acked=5000000000
    >> C seq=705033704 ack=5006 "in order"
    << C data "in order" acked=6
    >> S seq=5006 ack=705033712 "again"
    << S data "again" acked=5000000008
    # far behind: 4 GiB ago the number stood for something else
    >> S seq=5011 ack=705033706 "x"
    << S data "x" acked=5000000002
  )");
}

TEST(TcpTake, TellsWhatTheSenderHadReceived) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "0123456789"
    << C data "0123456789" acked=0
    # sent after the first half had arrived, and after nothing
    >> S seq=5000 ack=1005 "half"
    << S data "half" acked=5
    >> S seq=5004 ack=1000 "none"
    << S data "none" acked=0
    >> S seq=5008 ack=999 "less than none"
    << S data "less than none" acked=0
    # captured before what it acknowledges
    >> S seq=5022 ack=1012 "ahead"
    << S data "ahead" acked=12
    >> S seq=5027 ack=3000001012 "nonsense"
    << S data "nonsense" acked=?
  )");
}

TEST(TcpTake, DoesNotCountTheFinAsAcknowledged) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1000 ack=5000 "bye"
    << C data "bye"
    << C end fin
    >> S seq=5000 ack=1004 "bye"
    << S data "bye" acked=3
  )");
}

TEST(TcpTake, KeepsTheAcknowledgmentOfASegmentThatWaited) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> S seq=5003 ack=1000 "later"
    >> C seq=1000 ack=5000 "x"
    << C data "x"
    >> S seq=5000 ack=1001 "now"
    << S data "now" acked=1
    << S data "later" acked=0
  )");
}

TEST(TcpTake, EndsASideAtItsFin) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1000 ack=5000
    << C end fin
    >> S seq=5000 ack=1001 "still"
    << S data "still"
  )");
  EXPECT_FALSE(book.connection.is_closed());
  book.play(R"(
    >> S fin seq=5005 ack=1001
    << S end fin
    >> C seq=1001 ack=5006
    >> finish
  )");
  EXPECT_TRUE(book.connection.is_closed());
}

TEST(TcpTake, EndsBothSidesOfASimultaneousClose) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1000 ack=5000 "a"
    << C data "a"
    << C end fin
    >> S fin seq=5000 ack=1000 "b"
    << S data "b" acked=0
    << S end fin
    >> C seq=1002 ack=5002
    >> S seq=5002 ack=1002
  )");
  EXPECT_TRUE(book.connection.is_closed());
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 0u);
}

TEST(TcpTake, WaitsWithTheEndForWhatComesBeforeTheFin) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1003 ack=5000 "def"
    >> S fin seq=5000 ack=1000
    << S end fin
  )");
  EXPECT_FALSE(book.connection.is_closed());
  book.play(R"(
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    << C data "def"
    << C end fin
  )");
  EXPECT_TRUE(book.connection.is_closed());
}

TEST(TcpTake, TakesARepeatedFinForOne) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1000 ack=5000 "abc"
    << C data "abc"
    << C end fin
    >> C fin seq=1000 ack=5000 "abc"
    >> C fin seq=1003 ack=5000
  )");
  EXPECT_EQ(book.pool.counters.retransmitted_bytes, 3u);
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 0u);
}

TEST(TcpTake, IgnoresDataAfterTheFin) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    # waits behind a hole, beyond the FIN that comes next, in part and in whole
    >> C seq=1003 ack=5000 "defghi"
    >> C seq=1020 ack=5000 "beyond"
    >> C fin seq=1006 ack=5000
    >> C seq=1004 ack=5000 "efXYZ"
    >> C seq=1007 ack=5000 "XYZ"
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    << C data "def"
    << C end fin
    >> C seq=1006 ack=5000 "late"
    >> C seq=1005 ack=5000 "late"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 6u);
}

TEST(TcpTake, IgnoresAFinAmongDeliveredBytesOrElsewhere) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "abcdef"
    << C data "abcdef"
    >> C fin seq=1003 ack=5000
    >> C fin seq=1008 ack=5000
    >> C fin seq=1009 ack=5000
    >> C seq=1006 ack=5000 "gh"
    << C data "gh"
    << C end fin
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 2u);
}

TEST(TcpTake, DeliversWhatWasSentBeforeAResetAndCapturedAfterIt) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C rst seq=1003 ack=5000
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    >> S seq=5000 ack=1000 "on its way"
    << S data "on its way"
  )");
  EXPECT_TRUE(book.connection.is_closed());
  book.play(R"(
    >> finish
    << C end reset
    << S end reset
  )");
}

TEST(TcpTake, DoesNotDeclareHolesAtAReset) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def"
    >> S rst seq=5000 ack=1000
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    << C data "def"
    >> finish
    << C end reset
    << S end reset
  )");
}

TEST(TcpTake, IgnoresResetsOutOfPlace) {
  struct Case {
    const char* segment;
    bool resets;
    const char* why;
  };
  const Case cases[] = {
      {">> C rst seq=1003", true, "the very next number"},
      {">> S rst seq=5000 ack=1003", true, "the other side's"},
      {">> C rst seq=1000", true, "some bytes behind: sent before they were"},
      {">> C rst seq=16778219", true, "16 MiB ahead: the most a window in use spans"},
      {">> C rst seq=16778220", false, "one more"},
      {">> C rst seq=0", true, "a little behind, as any number may be"},
      {">> C rst seq=4278191083", true, "16 MiB behind"},
      {">> C rst seq=4278191082", false, "one more"},
      {">> S rst seq=2147483648 ack=1003", false, "half the sequence space away"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    Playbook book;
    book.play(kEstablished);
    book.play(">> C seq=1000 ack=5000 \"abc\"\n << C data \"abc\"");
    book.play(c.segment);
    EXPECT_EQ(book.connection.is_closed(), c.resets);
    EXPECT_EQ(book.pool.counters.out_of_window_segments, c.resets ? 0u : 1u);
  }
}

TEST(TcpTake, TakesTheRefusalOfASynForAReset) {
  Playbook book;
  book.play(R"(
    >> C syn seq=3000000000
    >> S rst seq=0 ack=3000000001
    >> finish
    << C end reset
    << S end reset
  )");
  EXPECT_TRUE(book.connection.is_closed());

  Playbook spoofed;
  spoofed.play(">> C syn seq=3000000000\n >> S rst seq=0 ack=1");
  EXPECT_FALSE(spoofed.connection.is_closed());
}

TEST(TcpTake, ForgetsAResetThatTheConnectionOutlives) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C rst seq=1001 ack=5000 t=1
    >> C seq=1000 ack=5000 "abc" t=6
    << C data "abc"
  )");
  EXPECT_TRUE(book.connection.is_closed()) << "after exactly the patience";
  book.play(">> C seq=1003 ack=5000 \"def\" t=6.001\n << C data \"def\"");
  EXPECT_FALSE(book.connection.is_closed());
}

TEST(TcpTake, DeliversNoByteOfAKeepAliveProbeTwice) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    # before any data: one before the beginning
    >> C seq=999 ack=5000 "?"
    >> C seq=999 ack=5000
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    >> C seq=1002 ack=5000 "?"
    >> S seq=5000 ack=1003
    >> C seq=1002 ack=5000
    >> C seq=1003 ack=5000 "d"
    << C data "d"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 0u);
  EXPECT_EQ(book.pool.counters.overlap_conflicts, 0u);
}

TEST(TcpTake, DeliversAZeroWindowProbeOnce) {
  // It carries the next byte, which the receiver may or may not take.
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    >> S seq=5000 ack=1000
    >> C seq=1000 ack=5000 "a"
    >> S seq=5000 ack=1001
    >> C seq=1000 ack=5000 "abc"
    << C data "bc"
  )");
  EXPECT_EQ(book.pool.counters.retransmitted_bytes, 2u);
}

TEST(TcpTake, IgnoresWhatLiesBeforeTheBeginning) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=990 ack=5000 "before"
    >> C seq=996 ack=5000 "befabc"
    << C data "bc"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 2u);
}

TEST(TcpTake, IgnoresEverythingAfterFinish) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> finish
    << C end timeout
    << S end timeout
    >> C seq=1000 ack=5000 "abc"
    >> C seq=1010 ack=5000 "abc"
    >> C fin seq=1000 ack=5000
    >> finish
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 3u);
}

TEST(TcpTake, SurvivesAPayloadLongerThanItClaims) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "abcdef" len=3
    << C data "abc"
    >> C seq=1003 ack=5000 "x" len=4000000000
    >> C seq=1003 ack=5000 "d"
    << C data "d"
  )");
}

}  // namespace mogura::packet::test
