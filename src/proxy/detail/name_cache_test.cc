#include "proxy/detail/name_cache.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

using std::chrono::seconds;

constexpr NameCache::Time kNow{seconds(1000)};

NameAnswer answer(std::uint32_t address) {
  return std::vector{Address::v4(address)};
}

TEST(NameCache, GivesWhatWasPutUntilItsEnd) {
  NameCache cache(10, 1);
  cache.put("a.example", answer(1), kNow + seconds(5));
  ASSERT_NE(cache.find("a.example", kNow + seconds(4)), nullptr);
  EXPECT_EQ(cache.find("a.example", kNow + seconds(4))->value().front(), Address::v4(1));
  EXPECT_EQ(cache.find("b.example", kNow), nullptr);
  EXPECT_EQ(cache.find("a.example", kNow + seconds(5)), nullptr);
  EXPECT_EQ(cache.size(), 0u) << "what is over is forgotten";
}

TEST(NameCache, KeepsFailuresLikeAnswers) {
  NameCache cache(10, 1);
  cache.put("a.example", fail(ErrorCode::kIo, "a.example", "no such name"), kNow + seconds(5));
  const NameAnswer* found = cache.find("a.example", kNow);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->error().code, ErrorCode::kIo);
}

TEST(NameCache, ReplacesTheAnswerOfAName) {
  NameCache cache(10, 1);
  cache.put("a.example", answer(1), kNow + seconds(5));
  cache.put("a.example", answer(2), kNow + seconds(9));
  ASSERT_NE(cache.find("a.example", kNow + seconds(8)), nullptr);
  EXPECT_EQ(cache.find("a.example", kNow)->value().front(), Address::v4(2));
  EXPECT_EQ(cache.size(), 1u);
}

TEST(NameCache, ForgetsTheLongestUnusedAtTheLimit) {
  constexpr std::size_t kLimit = 4;
  const auto name = [](std::size_t n) { return "n" + std::to_string(n); };
  NameCache cache(kLimit, 1);
  for (std::size_t n = 0; n < kLimit - 1; ++n) cache.put(name(n), answer(1), kNow + seconds(5));
  EXPECT_EQ(cache.size(), kLimit - 1);
  cache.put(name(kLimit - 1), answer(1), kNow + seconds(5));
  EXPECT_EQ(cache.size(), kLimit);
  EXPECT_NE(cache.find(name(0), kNow), nullptr) << "used now, so that 1 is the longest unused";
  cache.put(name(kLimit), answer(1), kNow + seconds(5));
  EXPECT_EQ(cache.size(), kLimit);
  EXPECT_EQ(cache.find(name(1), kNow), nullptr);
  EXPECT_NE(cache.find(name(0), kNow), nullptr);
  EXPECT_NE(cache.find(name(kLimit), kNow), nullptr);
}

TEST(NameCache, KeepsNothingWithoutRoom) {
  NameCache cache(0, 1);
  cache.put("a.example", answer(1), kNow + seconds(5));
  EXPECT_EQ(cache.find("a.example", kNow), nullptr);
}

}  // namespace
}  // namespace mogura::proxy::detail
