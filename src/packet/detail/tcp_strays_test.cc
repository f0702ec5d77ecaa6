// Sequence numbers far from the stream: ignored, until enough of them show that the stream has moved.

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

TEST(TcpStrays, IgnoresStraySegments) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    # 1 GiB and one byte ahead; half the space away; a FIN; an acknowledgment alone
    >> C seq=1073742826 ack=5000 "stray"
    >> C seq=2147484648 ack=5000 "stray"
    >> C fin seq=2147484648 ack=5000
    >> C seq=2147484648 ack=905000
    >> C seq=1001 ack=5000 "b"
    << C data "b"
    # what a stray acknowledges is ignored with it: no tail of 900000 bytes
    >> finish
    << C end timeout
    << S end timeout
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 4u);
}

TEST(TcpStrays, KeepsASegmentAsFarAheadAsAWindowCanReach) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1073742824 ack=5000 "far"
    >> finish
    << C gap 1073741824
    << C data "far"
    << C end timeout
    << S end timeout
  )");
}

TEST(TcpStrays, FollowsAStreamThatHasMoved) {
  // A capture that paused for more than a window: three segments that continue each other bring it back.
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    >> C seq=1005 ack=5000 "waits"
    >> C seq=3000001001 ack=5000 "xxx"
    >> C seq=3000001004 ack=5000 "yyy"
    >> C seq=3000001007 ack=5000 "zzz"
    << C gap 4
    << C data "waits"
    << C gap 2999999997
    << C data "zzz"
    >> S seq=5000 ack=3000001010 "answer"
    << S data "answer" acked=3000000010
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 2u);
}

TEST(TcpStrays, IsNotMovedByStraysBetweenRegularSegments) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=3000001001 ack=5000 "xxx"
    >> C seq=1000 ack=5000 "a"
    << C data "a"
    >> C seq=3000001004 ack=5000 "yyy"
    >> C seq=1001 ack=5000 "b"
    << C data "b"
    >> C seq=3000001007 ack=5000 "zzz"
    >> C seq=1002 ack=5000 "c"
    << C data "c"
  )");
  EXPECT_EQ(book.pool.counters.out_of_window_segments, 3u);
}

TEST(TcpStrays, IsNotMovedByStraysThatDoNotContinueEachOther) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=3000001001 ack=5000 "xxx"
    >> C seq=3000001004 ack=5000 "yyy"
    >> C seq=3000002000 ack=5000 "zzz"
    >> C seq=3000002003 ack=5000 "zzz"
    >> C seq=1000 ack=5000 "a"
    << C data "a"
  )");
}

}  // namespace mogura::packet::test
