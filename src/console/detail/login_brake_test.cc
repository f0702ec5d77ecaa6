#include "console/detail/login_brake.h"

#include <gtest/gtest.h>

namespace mogura::console::detail {
namespace {

constexpr Moment kNow{100'000'000};
const Address kClient = Address::v4(0xC0000201);

TEST(LoginBrake, NetworksOfIpv6AreTheirFirst64Bits) {
  EXPECT_EQ(network_of(*Address::parse("2001:db8:1:2:3:4:5:6")), *Address::parse("2001:db8:1:2::"));
  EXPECT_EQ(network_of(kClient), kClient);
}

TEST(LoginBrake, EachFailureDoublesTheDelayUpToABound) {
  LoginBrake brake;
  Moment now = kNow;
  EXPECT_EQ(brake.attempt(kClient, "a", now).count(), 0);
  EXPECT_EQ(brake.attempt(kClient, "b", now).count(), 0);
  EXPECT_EQ(brake.attempt(kClient, "c", now).count(), 0);
  std::vector<std::int64_t> delays;
  for (int i = 0; i < 14; ++i) {
    const Millis wait = brake.attempt(kClient, std::to_string(i), now);
    delays.push_back(wait.count() / 1000);
    now += wait;
    ASSERT_EQ(brake.attempt(kClient, std::to_string(i), now).count(), 0) << "the time is over";
  }
  EXPECT_EQ(delays, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900}));
}

TEST(LoginBrake, WhatComesTooEarlyLengthensNothing) {
  LoginBrake brake;
  for (int i = 0; i < 3; ++i) ASSERT_EQ(brake.attempt(kClient, "anna", kNow).count(), 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(brake.attempt(kClient, "anna", kNow).count(), 1000);
}

TEST(LoginBrake, OthersDoNotWait) {
  LoginBrake brake;
  for (int i = 0; i < 3; ++i) (void)brake.attempt(kClient, "x", kNow);
  EXPECT_GT(brake.attempt(kClient, "anna", kNow).count(), 0);
  EXPECT_EQ(brake.attempt(Address::v4(9), "anna", kNow).count(), 0);
}

TEST(LoginBrake, ManyPlacesThatTryOneUserAreSlowedTogetherButNotForLong) {
  LoginBrake brake;
  Moment now = kNow;
  std::uint32_t place = 1;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(brake.attempt(Address::v4(place++), "anna", now).count(), 0);
  Millis longest{};
  for (int i = 0; i < 20; ++i) {
    const Millis wait = brake.attempt(Address::v4(place), "anna", now);
    longest = std::max(longest, wait);
    now += wait;
    EXPECT_EQ(brake.attempt(Address::v4(place++), "anna", now).count(), 0);
  }
  EXPECT_EQ(longest, Millis(30'000));
}

TEST(LoginBrake, AUserIsNotLockedOutFromWhereHeLoggedInBefore) {
  LoginBrake brake;
  ASSERT_EQ(brake.attempt(kClient, "anna", kNow).count(), 0);
  brake.succeeded(kClient, "anna", kNow);
  for (std::uint32_t place = 1; place < 40; ++place) (void)brake.attempt(Address::v4(place), "anna", kNow);
  EXPECT_GT(brake.attempt(Address::v4(99), "anna", kNow).count(), 0);
  EXPECT_EQ(brake.attempt(kClient, "anna", kNow).count(), 0);
}

TEST(LoginBrake, SuccessForgivesAndSoDoesTime) {
  LoginBrake brake;
  for (int i = 0; i < 3; ++i) (void)brake.attempt(kClient, "anna", kNow);
  brake.succeeded(kClient, "anna", kNow);
  EXPECT_EQ(brake.attempt(kClient, "anna", kNow).count(), 0);
  for (int i = 0; i < 5; ++i) (void)brake.attempt(kClient, "anna", kNow);
  EXPECT_EQ(brake.attempt(kClient, "anna", kNow + LoginBrake::kForget).count(), 0);
  EXPECT_EQ(brake.attempt(kClient, "anna", kNow + LoginBrake::kForget).count(), 0) << "from the beginning";
}

TEST(LoginBrake, AnAttemptThatWasNotLookedAtDoesNotCount) {
  LoginBrake brake;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(brake.attempt(kClient, "anna", kNow).count(), 0);
    brake.withdraw(kClient, "anna");
  }
}

TEST(LoginBrake, TablesAreBounded) {
  LoginBrake brake;
  for (int i = 0; i < 3; ++i) (void)brake.attempt(kClient, "anna", kNow);
  ASSERT_GT(brake.attempt(kClient, "anna", kNow).count(), 0);
  for (std::uint32_t i = 0; i < LoginBrake::kEntries; ++i)
    (void)brake.attempt(Address::v4(i), std::to_string(i), kNow + Millis(1));
  EXPECT_EQ(brake.attempt(kClient, "anna", kNow + Millis(1)).count(), 0) << "the oldest was forgotten";
}

TEST(LoginBrake, OnlySomeFailuresAMinuteAreWrittenDown) {
  LoginBrake brake;
  for (unsigned i = 0; i < LoginBrake::kRecords; ++i) EXPECT_TRUE(brake.may_record(kNow));
  EXPECT_FALSE(brake.may_record(kNow));
  EXPECT_FALSE(brake.may_record(kNow));
  EXPECT_EQ(brake.take_unrecorded(), 2U);
  EXPECT_EQ(brake.take_unrecorded(), 0U);
  EXPECT_TRUE(brake.may_record(kNow + Millis(60'000)));
}

}  // namespace
}  // namespace mogura::console::detail
