#include "challenge/token.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace mogura::challenge {
namespace {

constexpr std::string_view kHost = "www.example.test";
constexpr std::chrono::seconds kDay{86'400};
const Address kClient = Address::v4(0x0A020161);  // 10.2.1.97

Secret counting_secret() {
  std::array<std::uint8_t, Secret::kBytes> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  return Secret(bytes);
}

Timestamp day(double days) {
  return Timestamp{std::chrono::seconds(static_cast<long>(days * 86'400))};
}

// Computed with another program (Python's hmac); the worked example of the document.
constexpr std::string_view kValue = "1.20779.Aojd3Y16Etmgxofx.MEI5K8A0";

TEST(Secret, ReadsSixtyFourHexadecimalDigits) {
  const std::string digits = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
  for (const char* end : {"", "\n", "\r\n"}) {
    const auto secret = Secret::parse(digits + end, "file");
    ASSERT_TRUE(secret);
    EXPECT_EQ(secret->to_hex(), counting_secret().to_hex());
  }
}

TEST(Secret, RefusesAnythingElseWithoutRepeatingIt) {
  const std::string digits(63, 'a');
  for (const std::string& text :
       {std::string(), digits, digits + "g", digits + "aa", digits + "a\n\n", " " + digits, digits + "a "}) {
    const auto secret = Secret::parse(text, "secret.txt");
    ASSERT_FALSE(secret) << text;
    EXPECT_EQ(secret.error().code, ErrorCode::kFormat);
    EXPECT_EQ(secret.error().place, "secret.txt");
    EXPECT_EQ(secret.error().cause.find("aaa"), std::string::npos);
  }
}

// Computed with another program.
TEST(Secret, HmacIsHmacSha256) {
  std::array<std::uint8_t, Secret::kBytes> key;
  key.fill(0x0B);
  EXPECT_EQ(Secret(Secret(key).hmac("Hi There")).to_hex(),
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
}

TEST(Tokens, ValueIsThatOfTheDocument) {
  const Tokens tokens(counting_secret(), kDay);
  EXPECT_EQ(tokens.issue(kClient, kHost, day(20779.5)), kValue);
  EXPECT_EQ(tokens.read(kValue, kClient, kHost, day(20779.5)), Sign::kCurrent);
  const StateKey key = tokens.key_of(kClient, "Mozilla/4.0 (compatible; MSIE 5.01; Windows NT 5.0)", kHost);
  EXPECT_EQ(key.bytes[0], 0x8C);
  EXPECT_EQ(key.bytes[15], 0xEC);
}

TEST(Tokens, SameInsideAnEpoch) {
  const Tokens tokens(counting_secret(), kDay);
  EXPECT_EQ(tokens.issue(kClient, kHost, day(7.0)), tokens.issue(kClient, kHost, day(7.999)));
  EXPECT_NE(tokens.issue(kClient, kHost, day(7.0)), tokens.issue(kClient, kHost, day(8.0)));
}

TEST(Tokens, ReadsEpochs) {
  const Tokens tokens(counting_secret(), kDay);
  const std::string value = tokens.issue(kClient, kHost, day(10.5));
  const struct {
    double now;
    Sign sign;
    const char* why;
  } cases[] = {
      {8.9, Sign::kForeign, "from the day after tomorrow"},
      {9.9, Sign::kCurrent, "another proxy's clock is ahead"},
      {10.9, Sign::kCurrent, "this epoch"},
      {11.0, Sign::kPrevious, "the one before"},
      {11.99, Sign::kPrevious, "to its end"},
      {12.0, Sign::kForeign, "too long ago"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(tokens.read(value, kClient, kHost, day(each.now)), each.sign) << each.why;
  }
}

TEST(Tokens, TellsForeignForgedAndGarbageApart) {
  const Tokens tokens(counting_secret(), kDay);
  const std::string other_client = tokens.issue(Address::v4(1), kHost, day(20779.5));
  const std::string other_host = tokens.issue(kClient, "other.test", day(20779.5));
  const struct {
    std::string value;
    Sign sign;
    const char* why;
  } cases[] = {
      {other_client, Sign::kForeign, "of another client"},
      {other_host, Sign::kForeign, "of another host"},
      {"1.20779.Aojd3Y16Etmgxofx.MEI5K8A1", Sign::kForged, "tag changed"},
      {"1.20779.Bojd3Y16Etmgxofx.MEI5K8A0", Sign::kForged, "mac changed"},
      {"1.20778.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kForged, "epoch changed"},
      {"1.0.AAAAAAAAAAAAAAAA.AAAAAAAA", Sign::kForged, "made up"},
      {"2.20779.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "another version"},
      {"1.020779.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "a leading zero"},
      {"1..Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "no epoch"},
      {"1.x.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "no number"},
      {"1.-1.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "no natural number"},
      {"1.1234567890123456.Aojd3Y16Etmgxofx.MEI5K8A0", Sign::kGarbage, "too many digits"},
      {"1.20779.Aojd3Y16Etmgxof=.MEI5K8A0", Sign::kGarbage, "not of the alphabet"},
      {"1.20779.Aojd3Y16Etmgxofx.MEI5K8A", Sign::kGarbage, "cut"},
      {"1.20779.Aojd3Y16Etmgxofx.MEI5K8A0 ", Sign::kGarbage, "something behind"},
      {"", Sign::kGarbage, "nothing"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(tokens.read(each.value, kClient, kHost, day(20779.5)), each.sign) << each.why;
    EXPECT_EQ(Tokens::is_well_formed(each.value), each.sign != Sign::kGarbage) << each.why;
    EXPECT_EQ(tokens.is_ours(each.value), each.sign == Sign::kForeign) << each.why;
  }
}

TEST(Tokens, EveryTruncationAndEveryChangedByteIsNotCurrent) {
  const Tokens tokens(counting_secret(), kDay);
  for (std::size_t size = 0; size < kValue.size(); ++size) {
    const std::unique_ptr<char[]> exact(new char[size]);
    std::copy_n(kValue.begin(), size, exact.get());
    EXPECT_EQ(tokens.read({exact.get(), size}, kClient, kHost, day(20779.5)), Sign::kGarbage);
    std::string changed(kValue);
    changed[size] = changed[size] == 'Z' ? 'Y' : 'Z';
    EXPECT_NE(tokens.read(changed, kClient, kHost, day(20779.5)), Sign::kCurrent);
    EXPECT_FALSE(tokens.is_ours(changed));
  }
}

TEST(Tokens, AnotherSecretsAreForged) {
  const Tokens tokens(counting_secret(), kDay), others(Secret(std::array<std::uint8_t, 32>{}), kDay);
  EXPECT_EQ(tokens.read(others.issue(kClient, kHost, day(1)), kClient, kHost, day(1)), Sign::kForged);
}

TEST(Tokens, EpochIsAtLeastAMinuteAndNeverNegative) {
  const Tokens tokens(counting_secret(), std::chrono::seconds(0));
  EXPECT_EQ(tokens.epoch_at(Timestamp{std::chrono::seconds(119)}), 1u);
  EXPECT_EQ(tokens.epoch_at(Timestamp{std::chrono::seconds(-5)}), 0u);
}

TEST(Tokens, KeysDifferInEachPart) {
  const Tokens tokens(counting_secret(), kDay);
  std::set<StateKey> keys;
  keys.insert(tokens.key_of(kClient, "a", "b"));
  keys.insert(tokens.key_of(kClient, "ab", ""));
  keys.insert(tokens.key_of(kClient, "", "ab"));
  keys.insert(tokens.key_of(kClient, "a", "c"));
  keys.insert(tokens.key_of(Address::v4(5), "a", "b"));
  keys.insert(tokens.key_of(kClient, "a", "b", "alice"));
  EXPECT_EQ(keys.size(), 6u);
}

TEST(Tokens, LongTextsAreHashedWhole) {
  const Tokens tokens(counting_secret(), kDay);
  const std::string long_agent(70'000, 'x');
  EXPECT_NE(tokens.key_of(kClient, long_agent + "a", kHost), tokens.key_of(kClient, long_agent + "b", kHost));
}

}  // namespace
}  // namespace mogura::challenge
