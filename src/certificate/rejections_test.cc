#include "certificate/rejections.h"

#include <gtest/gtest.h>

namespace mogura::certificate {
namespace {

const Timestamp kNow = Timestamp(std::chrono::seconds(1'790'000'000));
constexpr std::chrono::hours kKeep{24};
const Address kClient = Address::v4(0x0A000001);
const Address kOther = Address::v4(0x0A000002);

TEST(Rejections, OneAlertIsEnoughForThatClientAndHostAndForATime) {
  Rejections rejections(10, kKeep);
  EXPECT_FALSE(rejections.is_bypassed(kClient, "a.example", kNow));
  EXPECT_TRUE(rejections.rejected(kClient, "a.example", false, kNow));
  EXPECT_TRUE(rejections.is_bypassed(kClient, "a.example", kNow));
  EXPECT_FALSE(rejections.is_bypassed(kOther, "a.example", kNow));
  EXPECT_FALSE(rejections.is_bypassed(kClient, "b.example", kNow));
  EXPECT_TRUE(rejections.is_bypassed(kClient, "a.example", kNow + kKeep - Duration(1)));
  EXPECT_FALSE(rejections.is_bypassed(kClient, "a.example", kNow + kKeep));
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", false, kNow + Duration(1))) << "that is no news";
  EXPECT_TRUE(rejections.rejected(kClient, "a.example", false, kNow + 2 * kKeep));
}

TEST(Rejections, SilenceCountsThreeTimesInARow) {
  Rejections rejections(10, kKeep);
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", true, kNow));
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", true, kNow));
  rejections.served(kClient, "a.example");
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", true, kNow));
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", true, kNow));
  EXPECT_FALSE(rejections.is_bypassed(kClient, "a.example", kNow));
  EXPECT_TRUE(rejections.rejected(kClient, "a.example", true, kNow));
  EXPECT_TRUE(rejections.is_bypassed(kClient, "a.example", kNow));
}

TEST(Rejections, TheOneUntouchedForLongestMakesRoom) {
  Rejections rejections(2, kKeep);
  rejections.rejected(kClient, "a.example", false, kNow);
  rejections.rejected(kClient, "b.example", false, kNow);
  rejections.rejected(kClient, "a.example", false, kNow);
  rejections.rejected(kClient, "c.example", false, kNow);
  EXPECT_EQ(rejections.size(), 2U);
  EXPECT_TRUE(rejections.is_bypassed(kClient, "a.example", kNow));
  EXPECT_FALSE(rejections.is_bypassed(kClient, "b.example", kNow));
  EXPECT_TRUE(rejections.is_bypassed(kClient, "c.example", kNow));
}

TEST(Rejections, WithNoTimeToKeepNothingIsLearned) {
  Rejections rejections(10, Duration::zero());
  EXPECT_FALSE(rejections.rejected(kClient, "a.example", false, kNow));
  EXPECT_EQ(rejections.size(), 0U);
  rejections.set_keep(kKeep);
  EXPECT_TRUE(rejections.rejected(kClient, "a.example", false, kNow));
}

}  // namespace
}  // namespace mogura::certificate
