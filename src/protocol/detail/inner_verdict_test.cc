#include "protocol/detail/inner_verdict.h"

#include <gtest/gtest.h>

namespace mogura::protocol::inner {
namespace {

EarlyBytes early(bool up_is_final, bool down_is_final) {
  return {{}, {}, up_is_final, down_is_final};
}

TEST(InnerVerdict, ClientDecidesAndServerOnlyStandsIn) {
  struct Row {
    Match up;
    Match down;
    bool up_is_final;
    bool down_is_final;
    Verdict expected;
    const char* why;
  };
  constexpr Row kRows[] = {
      {Match::kYes, Match::kNo, false, false, Verdict::kYes, "the server cannot contradict"},
      {Match::kNo, Match::kYes, false, false, Verdict::kNo, "the server cannot rescue"},
      {Match::kNeedMore, Match::kYes, false, false, Verdict::kLikely, "the client may yet contradict"},
      {Match::kNeedMore, Match::kNo, false, false, Verdict::kMaybe, "the client may yet say it"},
      {Match::kNeedMore, Match::kYes, true, false, Verdict::kYes, "the client is over"},
      {Match::kNeedMore, Match::kNo, true, false, Verdict::kNo, "the client is over"},
      {Match::kNeedMore, Match::kNeedMore, true, false, Verdict::kMaybe, "the server may yet say it"},
      {Match::kNeedMore, Match::kNeedMore, true, true, Verdict::kNo, "all is over"},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(by_client(early(row.up_is_final, row.down_is_final), row.up, row.down), row.expected)
        << row.why;
  }
}

TEST(InnerVerdict, EitherSideSuffices) {
  EXPECT_EQ(by_either(early(false, false), Match::kNo, Match::kYes), Verdict::kYes);
  EXPECT_EQ(by_either(early(false, false), Match::kNo, Match::kNeedMore), Verdict::kMaybe);
  EXPECT_EQ(by_either(early(false, true), Match::kNo, Match::kNeedMore), Verdict::kNo);
  EXPECT_EQ(by_either(early(false, false), Match::kNo, Match::kNo), Verdict::kNo);
}

}  // namespace
}  // namespace mogura::protocol::inner
