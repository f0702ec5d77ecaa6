// What comes out when something is missing: patience, the end of a connection, tails that were only
// acknowledged.

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

TEST(TcpDeliver, GivesAHoleUpOnceItIsAcknowledgedPastForLongerThanThePatience) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=1
    # nothing acknowledged: no hurry
    >> C seq=1006 ack=5000 "ghi" t=20
    # the patience begins with the acknowledgment
    >> S seq=5000 ack=1009 t=21
    >> S seq=5000 ack=1009 t=26
    >> S seq=5000 ack=1009 t=26.000001
    << C gap 3
    << C data "def"
    << C data "ghi"
    # too late
    >> C seq=1000 ack=5000 "abc" t=27
  )");
  EXPECT_EQ(book.pool.counters.gaps_bytes, 3u);
  EXPECT_EQ(book.pool.counters.holes_given_up_by_limit, 0u);
  EXPECT_EQ(book.pool.counters.retransmitted_bytes, 3u);
}

TEST(TcpDeliver, FillsAHoleThatIsAcknowledgedPastInTime) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=1
    >> S seq=5000 ack=1006 t=1.1
    >> C seq=1000 ack=5000 "abc" t=6
    << C data "abc"
    << C data "def"
  )");
}

TEST(TcpDeliver, TakesTheSegmentThatEndsThePatienceFirst) {
  // It fills the hole itself.
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=1
    >> S seq=5000 ack=1006 t=1.1
    >> C seq=1000 ack=5000 "abc" t=60
    << C data "abc"
    << C data "def"
  )");
}

TEST(TcpDeliver, WaitsForTheRestOfAHoleThatIsAcknowledgedInPart) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1006 ack=5000 "ghi" t=1
    >> S seq=5000 ack=1003 t=2
    >> S seq=5000 ack=1003 t=20
    >> S seq=5000 ack=1006 t=21
    >> S seq=5000 ack=1006 t=26
    >> S seq=5000 ack=1006 t=27
    << C gap 6
    << C data "ghi"
  )");
}

TEST(TcpDeliver, GivesOlderHolesUpTogetherAndYoungerOnesLater) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1001 ack=5000 "b" t=1
    >> C seq=1003 ack=5000 "d" t=2
    >> S seq=5000 ack=1004 t=2
    >> C seq=1005 ack=5000 "f" t=6
    >> S seq=5000 ack=1006 t=7.5
    << C gap 1
    << C data "b"
    << C gap 1
    << C data "d"
    >> S seq=5000 ack=1006 t=12.5
    >> S seq=5000 ack=1006 t=12.6
    << C gap 1
    << C data "f"
  )");
}

TEST(TcpDeliver, DeclaresNoGapOnAnAcknowledgmentAloneWhileTheConnectionLives) {
  // A single wild acknowledgment must not cost a stream its next bytes.
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> S seq=5000 ack=901000 t=1
    >> S seq=5000 ack=901000 t=30
    >> C seq=1000 ack=5000 "abc" t=31
    << C data "abc"
  )");
}

TEST(TcpDeliver, ToleratesCapturesThatShowAcknowledgmentsFirst) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> S seq=5000 ack=1003 t=1
    >> C seq=1000 ack=5000 "abc" t=1
    << C data "abc"
    >> S seq=5000 ack=1006 t=7
    >> C seq=1003 ack=5000 "def" t=7
    << C data "def"
    >> finish
    << C end timeout
    << S end timeout
  )");
}

TEST(TcpDeliver, DeclaresHolesWithFinish) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=1
    >> S seq=5002 ack=1000 "answer" t=2
    >> C seq=1010 ack=5000 "klm" t=3
    >> finish
    << C gap 3
    << C data "def" acked=0
    << S gap 2
    << S data "answer" acked=0
    << C gap 4
    << C data "klm" acked=0
    << C end timeout
    << S end timeout
  )");
  EXPECT_EQ(book.pool.counters.gaps_bytes, 9u);
}

TEST(TcpDeliver, DeclaresATailThatWasAcknowledgedButNeverSeen) {
  struct Case {
    const char* acknowledgment;
    const char* steps;
    const char* why;
  };
  const Case cases[] = {
      {"1003", "", "all was seen"},
      {"1004", "", "one number more: the FIN, which was not captured"},
      {"1005", "<< C gap 2\n", "two numbers cannot be a FIN alone"},
      {"1073742827", "<< C gap 1073741824\n", "as much as a window can hold"},
      {"1073742828", "", "more than that is nonsense"},
      {"1002", "", "behind"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    Playbook book;
    book.play(kEstablished);
    book.play(">> C seq=1000 ack=5000 \"abc\"\n<< C data \"abc\"");
    book.play(std::string(">> S seq=5000 ack=") + c.acknowledgment);
    book.play(std::string(">> finish\n") + c.steps + "<< C end timeout\n<< S end timeout");
  }
}

TEST(TcpDeliver, DeclaresASideOfWhichOnlyTheHandshakeWasCaptured) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "GET /"
    << C data "GET /"
    >> C seq=1005 ack=5500
    >> C fin seq=1005 ack=6000
    << C end fin
    >> finish
    << S gap 1000
    << S end timeout
  )");
}

TEST(TcpDeliver, DeclaresTheTailOfAMidstreamSide) {
  Playbook book;
  book.play(R"(
    >> S seq=5000 ack=1010 t=0
    >> C seq=1000 ack=5000 "abc" t=0.1
    >> S seq=5000 ack=1020 t=0.2
    >> finish
    << C data "abc"
    << C gap 17
    << C end timeout
    << S end timeout
  )");
}

TEST(TcpDeliver, DeclaresWhatIsMissingBeforeAFin) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1000 ack=5000 "abc"
    << C data "abc"
    >> C fin seq=1010 ack=5000
    >> S fin seq=5000 ack=1011
    << S end fin
    >> finish
    << C gap 7
    << C end fin
  )");
}

TEST(TcpDeliver, EndsAtTheFinOnceTheHoleBeforeItIsGivenUp) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1003 ack=5000 "def" t=1
    >> S seq=5000 ack=1007 t=2
    >> S seq=5000 ack=1007 t=8
    << C gap 3
    << C data "def"
    << C end fin
  )");
}

TEST(TcpDeliver, FinishesAConnectionThatSawNothing) {
  Playbook book;
  book.play(R"(
    >> finish
    << C end timeout
    << S end timeout
    >> finish
  )");
  EXPECT_TRUE(book.connection.is_closed());
}

TEST(TcpDeliver, TellsFinFromResetAndTimeoutPerSide) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C fin seq=1000 ack=5000
    << C end fin
    >> S rst seq=5000 ack=1001
    >> finish
    << S end reset
  )");
}

TEST(TcpDeliver, ToleratesTimesThatGoBackwards) {
  Playbook book;
  book.play(kEstablished);
  book.play(R"(
    >> C seq=1003 ack=5000 "def" t=100
    >> S seq=5000 ack=1006 t=100
    >> S seq=5000 ack=1006 t=1
    >> C seq=1000 ack=5000 "abc" t=0
    << C data "abc"
    << C data "def"
  )");
}

}  // namespace mogura::packet::test
