#include "icap/detail/deliveries.h"

#include <gtest/gtest.h>

namespace mogura::icap::detail {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kNow{std::chrono::hours(1000)};
constexpr milliseconds kMargin{2000};
const challenge::StateKey kKey{{1}}, kOther{{2}};

TEST(Deliveries, AreExpectedAfterTheMargin) {
  Deliveries deliveries;
  EXPECT_EQ(deliveries.expect(kKey, 5, kNow, kMargin), kNow + kMargin);
}

TEST(Deliveries, TheFirstOfSeveralOnTheirWayCounts) {
  Deliveries deliveries;
  deliveries.expect(kKey, 5, kNow, kMargin);
  EXPECT_EQ(deliveries.expect(kKey, 6, kNow + milliseconds(1500), kMargin), kNow + kMargin);
  EXPECT_EQ(deliveries.expect(kOther, 6, kNow + milliseconds(1500), kMargin), kNow + milliseconds(3500));
  EXPECT_EQ(deliveries.expect(kKey, 6, kNow + kMargin, kMargin), kNow + 2 * kMargin)
      << "a new one after that";
}

TEST(Deliveries, TheNextRequestOfTheSameConnectionShowsThem) {
  Deliveries deliveries;
  deliveries.expect(kKey, 5, kNow, kMargin);
  EXPECT_FALSE(deliveries.is_early(kKey, 6, kNow + milliseconds(10))) << "another connection";
  EXPECT_FALSE(deliveries.is_early(kOther, 5, kNow + milliseconds(10))) << "another host";
  EXPECT_FALSE(deliveries.is_early(kKey, 0, kNow + milliseconds(10))) << "no connection known";
  EXPECT_TRUE(deliveries.is_early(kKey, 5, kNow + milliseconds(10)));
  EXPECT_FALSE(deliveries.is_early(kKey, 5, kNow + milliseconds(20))) << "once";
}

TEST(Deliveries, AreNotEarlyWhenTheyAreDue) {
  Deliveries deliveries;
  deliveries.expect(kKey, 5, kNow, kMargin);
  EXPECT_FALSE(deliveries.is_early(kKey, 5, kNow + kMargin));
}

TEST(Deliveries, BeyondTheLimitNothingIsMadeEarlier) {
  Deliveries deliveries;
  for (std::size_t n = 0; n < Deliveries::kEntries; ++n) {
    const auto low = static_cast<std::uint8_t>(n), high = static_cast<std::uint8_t>(n >> 8);
    deliveries.expect({{low, high, 1}}, 5, kNow, kMargin);
  }
  EXPECT_EQ(deliveries.expect(kKey, 5, kNow, kMargin), kNow + kMargin);
  EXPECT_FALSE(deliveries.is_early(kKey, 5, kNow + milliseconds(10)));
  EXPECT_TRUE(deliveries.is_early({{0, 0, 1}}, 5, kNow + milliseconds(10)));
}

}  // namespace
}  // namespace mogura::icap::detail
