#include "proxy/detail/verified_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "base/digest.h"

namespace mogura::proxy::detail {
namespace {

VerifiedCache::Key key_of(std::uint8_t byte) {
  VerifiedCache::Key key;
  key.fill(byte);
  return key;
}

TEST(VerifiedCache, KnowsWhatItWasTold) {
  VerifiedCache cache(key_of(1));
  EXPECT_EQ(cache.find("a:b"), std::nullopt);
  cache.remember("a:b", true);
  cache.remember("a:c", false);
  EXPECT_EQ(cache.find("a:b"), true);
  EXPECT_EQ(cache.find("a:c"), false);
  EXPECT_EQ(cache.find("a:"), std::nullopt);
  EXPECT_EQ(cache.find("a:b "), std::nullopt);
}

TEST(VerifiedCache, GuessingPushesNoRightOneOut) {
  VerifiedCache cache(key_of(2));
  cache.remember("a:right", true);
  for (int i = 0; i < 100'000; ++i) cache.remember("a:" + std::to_string(i), false);
  EXPECT_EQ(cache.find("a:right"), true);
}

TEST(VerifiedCache, IsBounded) {
  VerifiedCache cache(key_of(3));
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) cache.remember("user:" + std::to_string(i), true);
  std::size_t known = 0;
  for (int i = 0; i < kMany; ++i) known += cache.find("user:" + std::to_string(i)) ? 1u : 0u;
  EXPECT_EQ(known, VerifiedCache::kEntries) << "full, and no more";
  EXPECT_EQ(cache.find("user:" + std::to_string(kMany - 1)), true) << "the latest stays";
}

TEST(VerifiedCache, ForgetsWhatIsTooLong) {
  VerifiedCache cache(key_of(4));
  const std::string longest(VerifiedCache::kCredentialsBytes, 'a');
  cache.remember(longest, true);
  cache.remember(longest + "a", true);
  EXPECT_EQ(cache.find(longest), true);
  EXPECT_EQ(cache.find(longest + "a"), std::nullopt);
}

TEST(HmacSha256, FitsThePublishedExample) {
  // RFC 4231 §4.4 (test case 3), whose key of 20 bytes is one of 32 with zeros behind.
  VerifiedCache::Key key{};
  std::fill_n(key.begin(), 20, std::uint8_t{0xAA});
  EXPECT_EQ(to_hex(hmac_sha256(key, std::string(50, '\xDD'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

}  // namespace
}  // namespace mogura::proxy::detail
