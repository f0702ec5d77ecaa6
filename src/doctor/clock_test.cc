#include "doctor/clock.h"

#include <gtest/gtest.h>

namespace mogura::doctor {
namespace {

TEST(JudgeClock, WarnsOfOneThatIsLeftToItself) {
  EXPECT_EQ(judge_clock({true, true, 0.001}).level, Level::kOk);
  EXPECT_EQ(judge_clock({true, true, 16}).level, Level::kWarning);
  EXPECT_EQ(judge_clock({true, false, 0}).level, Level::kWarning);
  EXPECT_EQ(judge_clock({}).level, Level::kUnseen);
}

TEST(JudgeLatest, ToleratesALittleFuture) {
  const Timestamp now{std::chrono::seconds(1'795'000'000)};
  EXPECT_FALSE(judge_latest("db", now - std::chrono::hours(1), now));
  EXPECT_FALSE(judge_latest("db", now + kFutureTolerated, now));
  const auto remark = judge_latest("db", now + kFutureTolerated + std::chrono::nanoseconds(1), now);
  ASSERT_TRUE(remark);
  EXPECT_EQ(remark->level, Level::kWarning);
}

TEST(LookAtClock, Answers) {
  EXPECT_TRUE(look_at_clock().is_known);
}

}  // namespace
}  // namespace mogura::doctor
