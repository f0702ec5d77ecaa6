#include "feature/detail/sessions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feature/detail/make_test.h"

namespace mogura::feature::detail {
namespace {

TEST(WasAnswered, OneAnswerThatIsNoFailureIsEnough) {
  struct Case {
    std::vector<std::uint16_t> status;
    std::uint64_t down;
    bool expected;
    std::string why;
  };
  const Case cases[] = {
      {{200}, 1, true, "an answer"},
      {{407, 200}, 1, true, "a proxy that asked for a password first"},
      {{304}, 1, true, "nothing new is an answer"},
      {{400}, 1, false, "4xx"},
      {{503, 404}, 1, false, "failures only"},
      {{}, 1, true, "no HTTP, but something came"},
      {{}, 0, false, "silence"},
  };
  for (const Case& c : cases) {
    session::Session s = make_session();
    s.status = c.status;
    s.exchanges[1] = c.down;
    EXPECT_EQ(was_answered(s), c.expected) << c.why;
  }
}

TEST(Holds, TextAtItsPlaceWithin) {
  const RepeatedBytes repeated = {kUp, RepeatedBytes::kAnyMessage, 2, "ABCD", 3, 1};
  EXPECT_TRUE(holds(repeated, kUp, 2, "ABCD"));
  EXPECT_TRUE(holds(repeated, kUp, 4, "CD"));
  EXPECT_FALSE(holds(repeated, kDown, 2, "ABCD")) << "other direction";
  EXPECT_FALSE(holds(repeated, kUp, 3, "AB")) << "other place";
  EXPECT_FALSE(holds(repeated, kUp, 1, "AB")) << "before it";
  EXPECT_FALSE(holds(repeated, kUp, 4, "CDE")) << "goes beyond";
  EXPECT_FALSE(holds(repeated, kUp, 7, "A")) << "behind it";
}

TEST(RhythmInside, NeedsIntervalsAndAnswers) {
  session::Session s = make_session(0, 300);
  s.kind = session::Kind::kWebSocket;
  s.exchanges = {21, 21};
  EXPECT_FALSE(rhythm_inside(s)) << "no interval measured";
  s.has_interval = true;
  s.interval_median_s = 15;
  ASSERT_TRUE(rhythm_inside(s));
  EXPECT_EQ(rhythm_inside(s)->intervals, 20u);
  EXPECT_EQ(rhythm_inside(s)->span_s, 300);
  s.exchanges[0] = 1;
  EXPECT_FALSE(rhythm_inside(s)) << "one message has no interval";
}

}  // namespace
}  // namespace mogura::feature::detail
