#include "challenge/detail/insertion.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge::detail {
namespace {

class InsertionTest : public ::testing::Test {
 protected:
  std::string inserted(Exchange& exchange, Timestamp now) {
    std::string lines;
    insert_cookie(means, now, exchange, lines);
    return lines;
  }

  Secret secret = testing::test_secret();
  Policy policy;
  Tokens tokens{secret, policy.epoch};
  Cookies cookies{tokens, secret, policy.cookie_name, policy.epoch};
  Validators validators{tokens};
  Means means{policy, tokens, cookies, validators};
};

TEST_F(InsertionTest, InHttpsItIsTheSecureOne) {
  Exchange plain, encrypted;
  encrypted.client.is_encrypted = true;
  EXPECT_TRUE(inserted(plain, {}).starts_with("Set-Cookie: " + cookies.name() + "="));
  EXPECT_TRUE(inserted(encrypted, {}).starts_with("Set-Cookie: " + cookies.name(CookieKind::kSecure) + "="));
  EXPECT_TRUE(plain.inserted);
  EXPECT_FALSE(plain.input.has_decoys);
}

TEST_F(InsertionTest, DecoysGoBesideIt) {
  Exchange exchange;
  exchange.wants_decoys = true;
  const std::string lines = inserted(exchange, {});
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1 + std::ptrdiff_t{kDecoyKinds.size()});
  EXPECT_TRUE(exchange.input.has_decoys);
  EXPECT_TRUE(exchange.asked.has(Question::kDecoys));
}

TEST_F(InsertionTest, ANewEpochHasANewValue) {
  Exchange exchange;
  const std::string first = inserted(exchange, {});
  EXPECT_EQ(inserted(exchange, Timestamp{std::chrono::hours(23)}), first);
  EXPECT_NE(inserted(exchange, Timestamp{std::chrono::hours(25)}), first);
}

}  // namespace
}  // namespace mogura::challenge::detail
