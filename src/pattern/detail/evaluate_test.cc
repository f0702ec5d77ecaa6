#include "pattern/detail/evaluate.h"

#include <gtest/gtest.h>

#include "pattern/testing/sessions.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;
using session::Direction;
using session::Session;
using testing::add_message;
using testing::condition;
using testing::length_of;

TEST(PatternEvaluate, AKindCountsOnceItIsSure) {
  Session session;
  session.kind = session::Kind::kConnect;
  EXPECT_FALSE(holds(condition(On::kKind, "connect"), session)) << "nothing followed yet; TLS may";
  session.inner = protocol::Inner::kUnknown;
  EXPECT_TRUE(holds(condition(On::kKind, "connect"), session));
  EXPECT_FALSE(holds(condition(On::kKind, "ssl"), session));
  session = {};
  session.kind = session::Kind::kGetPost;
  EXPECT_FALSE(holds(condition(On::kKind, "get-post"), session)) << "it may be upgraded";
  add_message(session, Direction::kUp, "body");
  EXPECT_TRUE(holds(condition(On::kKind, "get-post"), session)) << "an endless upload has no answer";
  session = {};
  session.kind = session::Kind::kWebSocket;
  EXPECT_TRUE(holds(condition(On::kKind, "websocket"), session));
}

TEST(PatternEvaluate, AbsenceNeedsTheThingThatLacksIt) {
  Session session;
  EXPECT_FALSE(holds(condition(On::kNoUserAgent), session));
  EXPECT_FALSE(holds(condition(On::kNoSni), session));
  session.methods = {{"GET", 1}};
  session.cipher_suites = "1301";
  EXPECT_TRUE(holds(condition(On::kNoUserAgent), session));
  EXPECT_TRUE(holds(condition(On::kNoSni), session));
  session.user_agent_seen = true;
  session.sni = "x";
  EXPECT_FALSE(holds(condition(On::kNoUserAgent), session));
  EXPECT_FALSE(holds(condition(On::kNoSni), session));
  EXPECT_TRUE(holds(condition(On::kUserAgent, ""), session)) << "an empty User-Agent is one";
  EXPECT_TRUE(holds(condition(On::kSni, "*"), session));
}

TEST(PatternEvaluate, ComparesTexts) {
  Session session;
  session.destination = "a.example:443";
  session.ja4 = "t13";
  session.cipher_suites = "1301-1302";
  session.upgrade = "websocket";
  session.methods = {{"CONNECT", 1}, {"GET", 2}};
  session.inner = protocol::Inner::kOpenVpn;
  const struct {
    On on;
    const char* yes;
    const char* no;
  } cases[] = {{On::kDestination, "*.example:443", "*.example"},
               {On::kJa4, "t13", "t1*"},
               {On::kCipherSuites, "1301-1302", "1301"},
               {On::kUpgrade, "websocket", "h2c"},
               {On::kMethod, "GET", "get"},
               {On::kInner, "openvpn", "ssh"}};
  for (const auto& one : cases) {
    EXPECT_TRUE(holds(condition(one.on, one.yes), session)) << one.yes;
    EXPECT_FALSE(holds(condition(one.on, one.no), session)) << one.no;
  }
}

TEST(PatternEvaluate, CountsLengths) {
  Session session;
  add_message(session, Direction::kUp, "abc");
  add_message(session, Direction::kDown, "abcd", 700);
  add_message(session, Direction::kUp, "abcde");
  session.lengths = {{Direction::kUp, 36, 9}};
  EXPECT_TRUE(holds(length_of(Direction::kUp, 36, 9), session));
  EXPECT_FALSE(holds(length_of(Direction::kUp, 36, 10), session));
  EXPECT_FALSE(holds(length_of(Direction::kDown, 36, 1), session));
  EXPECT_TRUE(holds(length_of(Direction::kUp, 3, 1), session)) << "once: among the messages kept";
  EXPECT_TRUE(holds(length_of(Direction::kUp, 5, 1, 1), session)) << "the second from the client";
  EXPECT_FALSE(holds(length_of(Direction::kUp, 3, 1, 1), session));
  EXPECT_TRUE(holds(length_of(Direction::kDown, 700, 1, 0), session));
  EXPECT_FALSE(holds(length_of(Direction::kUp, 3, 1, 2), session)) << "there is no third";
}

TEST(PatternEvaluate, ComparesFigures) {
  Session session;
  session.start = Timestamp(std::chrono::seconds(100));
  session.end = Timestamp(std::chrono::seconds(160));
  session.exchanges = {5, 7};
  session.http.longest_body_s = {12, 0};
  session.has_interval = true;
  session.interval_median_s = 10;
  session.interval_mad_s = 2;
  Condition made = condition(On::kDuration);
  made.seconds = 60;
  EXPECT_TRUE(holds(made, session));
  made.seconds = 60.5;
  EXPECT_FALSE(holds(made, session));
  made = condition(On::kExchanges);
  made.exchanges = {5, 7};
  EXPECT_TRUE(holds(made, session));
  made.exchanges = {6, 0};
  EXPECT_FALSE(holds(made, session));
  made = condition(On::kLongBody);
  made.long_body = {Direction::kUp, 12};
  EXPECT_TRUE(holds(made, session));
  made.long_body = {Direction::kDown, 1};
  EXPECT_FALSE(holds(made, session));
  made = condition(On::kRhythm);
  made.rhythm = {9, 11, 0.2};
  EXPECT_TRUE(holds(made, session));
  made.rhythm.max_mad_ratio = 0.1;
  EXPECT_FALSE(holds(made, session));
  made.rhythm = {10.5, 11, 1};
  EXPECT_FALSE(holds(made, session));
  session.has_interval = false;
  made.rhythm = {0, 100, 1};
  EXPECT_FALSE(holds(made, session));
}

}  // namespace
}  // namespace mogura::pattern::detail
