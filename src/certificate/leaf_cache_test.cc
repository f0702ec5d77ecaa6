#include "certificate/leaf_cache.h"

#include <gtest/gtest.h>

namespace mogura::certificate {
namespace {

const Timestamp kNow = Timestamp(std::chrono::seconds(1'790'000'000));

class LeafCacheTest : public testing::Test {
 protected:
  x509_st* get(LeafCache& cache, const std::string& name, Timestamp now = kNow) {
    const auto found = cache.find_or_issue(authority_, name, now);
    return found ? *found : nullptr;
  }
  Authority authority_ = *Authority::make("Example CA", std::chrono::days(3650), kNow);
};

TEST_F(LeafCacheTest, TheSameNameGetsTheSameCertificate) {
  LeafCache cache(10);
  x509_st* const first = get(cache, "a.example");
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(get(cache, "a.example"), first);
  EXPECT_NE(get(cache, "b.example"), first);
  EXPECT_EQ(cache.counters().made, 2U);
  EXPECT_EQ(cache.counters().found, 1U);
}

TEST_F(LeafCacheTest, TheOneUnusedForLongestMakesRoom) {
  LeafCache cache(3);
  for (const char* name : {"a.example", "b.example", "c.example"}) get(cache, name);
  get(cache, "a.example");
  EXPECT_EQ(cache.counters().evicted, 0U);
  get(cache, "d.example");
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.counters().evicted, 1U);
  const std::uint64_t made = cache.counters().made;
  for (const char* name : {"a.example", "c.example", "d.example"}) get(cache, name);
  EXPECT_EQ(cache.counters().made, made);
  get(cache, "b.example");
  EXPECT_EQ(cache.counters().made, made + 1);
}

TEST_F(LeafCacheTest, OneThatIsNearlyOverIsMadeAnew) {
  LeafCache cache(10);
  get(cache, "a.example");
  get(cache, "a.example", kNow + kLeafValid - kLeafRenewed - std::chrono::seconds(1));
  EXPECT_EQ(cache.counters().made, 1U);
  get(cache, "a.example", kNow + kLeafValid - kLeafRenewed);
  EXPECT_EQ(cache.counters().made, 2U);
  EXPECT_EQ(cache.size(), 1U);
}

TEST_F(LeafCacheTest, AfterTheClockWasSetBackItIsMadeAnew) {
  LeafCache cache(10);
  get(cache, "a.example", kNow + std::chrono::days(300));
  get(cache, "a.example", kNow);
  EXPECT_EQ(cache.counters().made, 2U);
}

TEST_F(LeafCacheTest, WhatCannotBeIssuedIsNotKept) {
  LeafCache cache(10);
  EXPECT_FALSE(cache.find_or_issue(authority_, "*.example", kNow));
  EXPECT_FALSE(cache.find_or_issue(authority_, "a.example", kNow + std::chrono::days(3650)));
  EXPECT_EQ(cache.size(), 0U);
}

TEST_F(LeafCacheTest, ClearForgetsThem) {
  LeafCache cache(10);
  get(cache, "a.example");
  cache.clear();
  EXPECT_EQ(cache.size(), 0U);
  get(cache, "a.example");
  EXPECT_EQ(cache.counters().made, 2U);
}

}  // namespace
}  // namespace mogura::certificate
