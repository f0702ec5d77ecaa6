#include "challenge/validators.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

class ValidatorsTest : public ::testing::Test {
 protected:
  std::string stripped(const std::string& field) {
    std::string out;
    validators.strip(field, out);
    return out;
  }

  Secret secret{std::array<std::uint8_t, Secret::kBytes>{7}};
  Tokens tokens{secret, std::chrono::hours(24)};
  Validators validators{tokens};
  std::string value = tokens.issue(Address::v4(9), "h", Timestamp{}, CookieKind::kValidator);
  std::string ours = "W/\"" + value + "\"";
};

TEST_F(ValidatorsTest, LineIsAWeakEntityTag) {
  EXPECT_EQ(Validators::line("1.2"), "ETag: W/\"1.2\"\r\n");
}

TEST_F(ValidatorsTest, TakesOursOutAndLeavesAllElseToTheByte) {
  const struct {
    std::string sent, kept;
  } cases[] = {
      {ours, ""},
      {" " + ours + " ", ""},
      {ours + ", " + ours, ""},
      {"\"" + value + "\"", ""},
      {"\"a\", " + ours + ",W/\"b\"", "\"a\",W/\"b\""},
      {ours + ", \"a,b\"", "\"a,b\""},
      {"\"a\"," + ours, "\"a\""},
      {"*", "*"},
      {"", ""},
      {"\"a\" , \"b\"", "\"a\" , \"b\""},
      {"W/" + value, "W/" + value},                  // no quotation marks: no entity tag
      {"\"unended, " + ours, "\"unended, " + ours},  // nor is what follows
      {"\"1.2.AAAAAAAAAAAAAAAA.AAAAAAAA\"", "\"1.2.AAAAAAAAAAAAAAAA.AAAAAAAA\""},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(stripped(one.sent), one.kept) << one.sent;
    EXPECT_EQ(validators.find(one.sent).has_ours, one.sent != one.kept) << one.sent;
  }
  EXPECT_EQ(validators.find("\"a\", " + ours).value, value);
}

TEST_F(ValidatorsTest, LooksAtSoManyOnly) {
  std::string made_up;
  for (unsigned i = 0; i < Validators::kMost; ++i) made_up += "\"1.2.AAAAAAAAAAAAAAAA.AAAAAAAA\", ";
  EXPECT_EQ(stripped(made_up + "\"b\""), made_up + "\"b\"");
  EXPECT_EQ(stripped(made_up + "\"1.2.AAAAAAAAAAAAAAAA.AAAAAAAA\", \"b\""), made_up + "\"b\"")
      << "taken for ours";
}

}  // namespace
}  // namespace mogura::challenge
