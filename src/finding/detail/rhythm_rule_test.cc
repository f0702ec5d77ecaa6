#include <gtest/gtest.h>

#include "finding/detail/rules.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using session::Kind;
using session::Session;
using testing::facts_of;
using testing::ssl;

std::vector<Session> visits(const std::vector<int>& starts_s) {
  std::vector<Session> sessions;
  for (const int start : starts_s) sessions.push_back(ssl("a.example:443", 1, start, "agent", "1301"));
  return sessions;
}

EvidenceList judged(const std::vector<Session>& sessions) {
  EvidenceList evidence;
  judge_rhythm(facts_of(sessions), evidence);
  return evidence;
}

std::vector<int> every(int seconds, int count) {
  std::vector<int> starts;
  for (int i = 0; i < count; ++i) starts.push_back(i * seconds);
  return starts;
}

TEST(Rhythm, OfAClockWeighsAllAfterThirtyIntervals) {
  const EvidenceList evidence = judged(visits(every(60, 31)));
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0].code, "beacon");
  EXPECT_EQ(evidence[0].weight, 0.5);
  EXPECT_EQ(evidence[0].text,
            "10.0.0.1 came every 60 s (median of 30 intervals, half of them within 0 s of it) over 30 min");
}

TEST(Rhythm, OfFewIntervalsWeighsLess) {
  const EvidenceList evidence = judged(visits(every(60, 9)));
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_NEAR(evidence[0].weight, 0.26, 0.011);  // 0.5 × √(8 / 30)
}

TEST(Rhythm, IsNotSaidOfTooFewFastOrIrregularVisits) {
  const struct {
    std::vector<int> starts_s;
    const char* why;
  } cases[] = {
      {every(60, 8), "seven intervals"},
      {{0, 1, 70, 71, 75, 200, 900, 905, 930, 2000, 2001, 2300, 4000}, "a person"},
  };
  for (const auto& c : cases) EXPECT_TRUE(judged(visits(c.starts_s)).empty()) << c.why;
}

TEST(Rhythm, IsNotSaidOfRetriesThatOnlyFail) {
  std::vector<Session> sessions = visits(every(60, 40));
  for (Session& session : sessions) session.status = {503};
  EXPECT_TRUE(judged(sessions).empty());
}

TEST(Rhythm, SeesRequestsThatNoPageLedTo) {
  std::vector<Session> sessions = visits({0, 1, 70, 71, 75});
  for (Session& session : sessions) {
    session.kind = Kind::kGetPost;
    session.http.requests = 2;
  }
  EvidenceList evidence = judged(sessions);
  ASSERT_EQ(evidence.size(), 1u);
  EXPECT_EQ(evidence[0].text, "none of 10 requests had a Referer or a Cookie");
  sessions[0].http.with_cookie = 1;
  EXPECT_TRUE(judged(sessions).empty());
}

}  // namespace
}  // namespace mogura::finding::detail
