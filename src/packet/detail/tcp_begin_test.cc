// Where a stream begins: handshakes whole, partial, out of order and simultaneous; data with the SYN;
// mid-stream.

#include <gtest/gtest.h>

#include "packet/detail/tcp_playbook_test.h"

namespace mogura::packet::test {

namespace {

constexpr const char* kHandshake = R"(
  >> C syn seq=999
  >> S syn seq=4999 ack=1000
  >> C seq=1000 ack=5000
)";

}  // namespace

TEST(TcpBegin, DeliversBothSidesAfterAHandshake) {
  Playbook book;
  book.play(kHandshake);
  book.play(R"(
    >> C seq=1000 ack=5000 "GET /"
    << C data "GET /" acked=0
    >> S seq=5000 ack=1005 "200 OK"
    << S data "200 OK" acked=5
    >> C seq=1005 ack=5006 "more"
    << C data "more" acked=6
  )");
  EXPECT_TRUE(book.connection.knows_initiator());
  EXPECT_EQ(book.connection.initiator(), Side::kLow);
}

TEST(TcpBegin, TakesTheInitiatorFromASynAckAlone) {
  Playbook book;
  book.play(R"(
    >> S syn seq=4999 ack=1000
    # the client's beginning is known from it: no holding back
    >> C seq=1000 ack=5000 "hello"
    << C data "hello" acked=0
  )");
  ASSERT_TRUE(book.connection.knows_initiator());
  EXPECT_EQ(book.connection.initiator(), Side::kLow);
}

TEST(TcpBegin, BelievesTheSynWhenASynAckWasCapturedBeforeIt) {
  // Data came with the SYN: the SYN-ACK acknowledges it, so that its number is not the beginning.
  Playbook book;
  book.play(R"(
    >> S syn seq=4999 ack=1005
    >> C syn seq=999 "early"
    << C data "early" acked=0
    >> C seq=1005 ack=5000 " more"
    << C data " more"
  )");
}

TEST(TcpBegin, DeliversDataThatComesWithTheSyn) {
  Playbook book;
  book.play(R"(
    >> C syn seq=999 "early"
    << C data "early" acked=0
    >> S syn seq=4999 ack=1005 "greeting"
    << S data "greeting" acked=5
    # the server may ignore it, and the client sends it again
    >> C syn seq=999
    >> C seq=1000 ack=5008 "early and late"
    << C data " and late" acked=8
  )");
  EXPECT_EQ(book.pool.counters.retransmitted_bytes, 5u);
}

TEST(TcpBegin, TakesRepeatedSynsForOne) {
  Playbook book;
  book.play(R"(
    >> C syn seq=999
    >> C syn seq=999
    >> S syn seq=4999 ack=1000
    >> S syn seq=4999 ack=1000
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    >> C syn seq=999
    >> S syn seq=4999 ack=1000
    >> C seq=1001 ack=5000 "b"
    << C data "b"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 0u);
}

TEST(TcpBegin, FollowsASimultaneousOpen) {
  // RFC 9293 §3.5, figure 7: both sides send a SYN, then a SYN with ACK of the same number.
  Playbook book;
  book.play(R"(
    >> S syn seq=4999
    >> C syn seq=999
    >> S syn seq=4999 ack=1000
    >> C syn seq=999 ack=5000
    >> C seq=1000 ack=5000 "from c"
    << C data "from c" acked=0
    >> S seq=5000 ack=1006 "from s"
    << S data "from s" acked=6
  )");
  EXPECT_EQ(book.connection.initiator(), Side::kHigh);
}

TEST(TcpBegin, IgnoresASecondSynWithAnotherNumber) {
  Playbook book;
  book.play(kHandshake);
  book.play(R"(
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    >> C syn seq=77777 "bogus"
    >> C seq=1001 ack=5000 "b"
    << C data "b"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 1u);
}

TEST(TcpBegin, HoldsMidstreamDataBackUntilPatienceIsOver) {
  Playbook book;
  book.play(R"(
    >> C seq=2000 ack=9000 "second" t=0
    # captured late, but it is the lower one
    >> C seq=1995 ack=9000 "first" t=0.5
    >> S seq=9000 ack=2006 "answer" t=0.999999
    >> C seq=2006 ack=9006 "third" t=1
    << C data "first" acked=0
    << C data "second" acked=0
    << S data "answer" acked=11
    << C data "third" acked=6
    >> S seq=9006 ack=2011 "next" t=1.1
    << S data "next" acked=16
  )");
  EXPECT_FALSE(book.connection.knows_initiator());
}

TEST(TcpBegin, LetsTheSynDecideAboutWhatIsHeldBack) {
  Playbook book;
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=0
    >> C seq=1000 ack=5000 "abc" t=0.1
    >> C syn seq=999 t=0.2
    << C data "abc"
    << C data "def"
  )");
  EXPECT_EQ(book.connection.initiator(), Side::kLow);
}

TEST(TcpBegin, LeavesAHoleAfterASynThatCameLate) {
  Playbook book;
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=0
    >> C syn seq=999 t=0.2
    >> C seq=1000 ack=5000 "abc" t=0.3
    << C data "abc"
    << C data "def"
  )");
}

TEST(TcpBegin, DropsWhatIsHeldBackFromBeforeTheSyn) {
  Playbook book;
  book.play(R"(
    # the end of an earlier connection on the same ports
    >> C seq=500 ack=5000 "stale"
    >> C syn seq=999
    >> C seq=1000 ack=5000 "fresh"
    << C data "fresh"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 1u);
}

TEST(TcpBegin, DropsWhatIsHeldBackTooFarFromTheSyn) {
  Playbook book;
  book.play(R"(
    >> C seq=3000000000 ack=5000 "far"
    >> C syn seq=999
    >> C seq=1000 ack=5000 "fresh"
    << C data "fresh"
    >> finish
    << C end timeout
    << S end timeout
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 1u);
}

TEST(TcpBegin, TakesHeldBackDataBelowASynAckForDataThatCameWithTheSyn) {
  Playbook book;
  book.play(R"(
    >> C seq=1000 ack=5000 "early"
    >> S syn seq=4999 ack=1005
    << C data "early" acked=0
  )");
}

TEST(TcpBegin, BeginsWithTheAnswerOfAPeerFollowedForLong) {
  // The peer had received everything up to 9000 for seconds: nothing earlier is to be waited for.
  Playbook book;
  book.play(R"(
    >> C seq=1000 ack=9000 "a" t=0
    >> C seq=1001 ack=9000 "b" t=3
    << C data "a" acked=?
    << C data "b" acked=?
    >> S seq=9000 ack=1002 "answer" t=3.1
    << S data "answer" acked=2
  )");
}

TEST(TcpBegin, TakesAKeepAliveProbeForNoBeginning) {
  Playbook book;
  book.play(R"(
    >> C seq=1000 ack=9000 "a" t=0
    >> C seq=1001 ack=9000 "b" t=3
    << C data "a"
    << C data "b"
    >> S seq=8999 ack=1002 "?" t=30
    >> S seq=9000 ack=1002 "answer" t=31
    << S data "answer"
  )");
}

TEST(TcpBegin, HoldsALateSideBackWhereItsPeerToldNothing) {
  Playbook book;
  book.play(R"(
    >> C seq=1000 "a" t=0
    >> C seq=1001 "b" t=3
    << C data "a" acked=0
    << C data "b" acked=0
    >> S seq=9000 ack=1002 "answer" t=4
    >> S seq=8995 ack=1002 "first" t=4.9
    >> C seq=1002 "c" t=5
    << C data "c"
    << S data "first" acked=2
    << S data "answer" acked=2
  )");
}

TEST(TcpBegin, FollowsOneDirectionAlone) {
  Playbook book;
  book.play(R"(
    >> S seq=9000 ack=100 "one" t=0
    >> S seq=9003 ack=100 "two" t=2
    << S data "one" acked=?
    << S data "two" acked=?
    >> S seq=9008 ack=100 "four" t=3
    >> finish
    << S gap 2
    << S data "four" acked=?
    << C end timeout
    << S end timeout
  )");
}

TEST(TcpBegin, BeginsAtAFinWhereNothingElseWasSeen) {
  Playbook book;
  book.play(R"(
    >> C fin seq=1000 ack=5000 t=0
    >> C seq=1001 ack=5000 t=2
    << C end fin
  )");
}

TEST(TcpBegin, ReleasesHeldBackDataWithFinish) {
  Playbook book;
  book.play(R"(
    >> C seq=1000 ack=5000 "a" t=0
    >> S seq=5000 ack=1001 "b" t=0.1
    >> C seq=1001 ack=5001 "c" t=0.2
    >> finish
    << C data "a" acked=0
    << S data "b" acked=1
    << C data "c" acked=1
    << C end timeout
    << S end timeout
  )");
}

TEST(TcpBegin, HoldsBackAcrossTheWrapOfSequenceNumbers) {
  Playbook book;
  book.play(R"(
    >> C seq=2 ack=5000 "cd" t=0
    >> C seq=4294967294 ack=5000 "xyab" t=0.1
    >> C seq=4 ack=5000 "ef" t=1
    << C data "xyab"
    << C data "cd"
    << C data "ef"
  )");
}

TEST(TcpBegin, SurvivesABogusFirstSegment) {
  // Three segments that continue each other show where the stream is; the first two are lost to the
  // suspicion.
  Playbook book;
  book.play(R"(
    >> C seq=3000000000 ack=5000 "bogus" t=0
    >> C seq=1000 ack=5000 "aa" t=0.1
    >> C seq=1002 ack=5000 "bb" t=0.2
    >> C seq=1004 ack=5000 "cc" t=0.3
    >> C seq=1006 ack=5000 "dd" t=1.5
    << C data "cc"
    << C data "dd"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 3u) << "two strays and what was held back";
}

TEST(TcpBegin, SurvivesABogusSyn) {
  Playbook book;
  book.play(R"(
    >> C syn seq=3000000000
    >> C seq=1000 ack=5000 "aa" t=0.1
    >> C seq=1002 ack=5000 "bb" t=0.2
    >> C seq=1004 ack=5000 "cc" t=2
    >> finish
    << C data "cc"
    << C end timeout
    << S end timeout
  )");
}

}  // namespace mogura::packet::test
