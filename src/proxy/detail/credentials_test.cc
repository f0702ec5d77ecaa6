#include "proxy/detail/credentials.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/digest.h"

namespace mogura::proxy::detail {
namespace {

std::string basic(const std::string& text) {
  return "Basic " + to_base64(as_bytes(text));
}

TEST(Credentials, ReadsUserAndPassword) {
  // The example of RFC 7617 §2.
  const auto read = parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user(), "Aladdin");
  EXPECT_EQ(read->password(), "open sesame");
}

TEST(Credentials, TheFirstColonEndsTheUser) {
  const auto read = parse_basic(basic("a:b:c"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user(), "a");
  EXPECT_EQ(read->password(), "b:c");
}

TEST(Credentials, EitherMayBeEmpty) {
  const auto read = parse_basic(basic(":"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user(), "");
  EXPECT_EQ(read->password(), "");
}

TEST(Credentials, KnowsItsSchemeInAnyCase) {
  for (const char* const value : {"basic YTpi", "BASIC YTpi", "Basic   YTpi"})
    EXPECT_TRUE(parse_basic(value)) << value;
}

TEST(Credentials, PaddingMayBeMissing) {
  EXPECT_EQ(parse_basic("Basic dTpwYXNz")->password(), "pass");
  EXPECT_EQ(parse_basic("Basic dTpwYXNzdw")->password(), "passw");
  EXPECT_EQ(parse_basic("Basic dTpwYXNzd28")->password(), "passwo");
}

TEST(Credentials, RefusesEverythingElse) {
  const struct {
    std::string value;
    const char* why;
  } cases[] = {
      {"", "nothing"},
      {"Basic", "no credentials"},
      {"Basic ", "no credentials"},
      {"BasicYTpi", "no blank"},
      {"Bearer YTpi", "another scheme"},
      {"Digest username=\"a\"", "another scheme"},
      {"Basic\tYTpi", "a tab is no blank"},
      {"Basic YTpi ", "a blank behind"},
      {"Basic YT pi", "a blank inside"},
      {"Basic YTpiA", "no base64 has five digits"},
      {"Basic YTp-", "base64url"},
      {"Basic Y===", "three times padding"},
      {"Basic YT=i", "padding inside"},
      {basic("nocolon"), "no colon"},
      {basic("a\nb:c"), "control characters"},
      {basic("a:b\x7F"), "control characters"},
      {basic(std::string("a:b\0c", 5)), "crypt(3) would take the first half for all"},
      {basic("a:" + std::string(kCredentialsBytes - 1, 'b')), "too long"},
      {basic("a:" + std::string(1 << 20, 'b')), "much too long"},
  };
  for (const auto& [value, why] : cases) EXPECT_FALSE(parse_basic(value)) << why;
  EXPECT_TRUE(parse_basic(basic("a:" + std::string(kCredentialsBytes - 2, 'b')))) << "the longest";
}

TEST(Credentials, TakesAllBytesBeyondAscii) {
  const auto read = parse_basic(basic("m\xC3\xB6we:\xE2\x82\xAC\xFF"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->user(), "m\xC3\xB6we");
  EXPECT_EQ(read->password(), "\xE2\x82\xAC\xFF");
}

}  // namespace
}  // namespace mogura::proxy::detail
