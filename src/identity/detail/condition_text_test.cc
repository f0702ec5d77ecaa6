#include "identity/detail/condition_text.h"

#include <gtest/gtest.h>

namespace mogura::identity::detail {
namespace {

TEST(ConditionText, TakesWhatItsSourceAllows) {
  struct Case {
    Source source;
    std::string_view text;
    bool is_good;
    std::string_view why;
  };
  for (const Case& c : {
           Case{Source::kDomain, "TeamViewer.com", true, "case does not matter"},
           {Source::kDomain, ".example.com", false, "the dot is implied"},
           {Source::kDomain, "example.com.", false, "the root's dot never comes"},
           {Source::kDomain, "a b", false, "a blank"},
           {Source::kUserAgent, "^git/", true, "anchored"},
           {Source::kUserAgent, "^a$", false, "anchors do not count as length"},
           {Source::kInner, "ssh", true, "a protocol of the recogniser"},
           {Source::kInner, "sshd", false, "a protocol that nobody recognises"},
           {Source::kString, "abc", false, "three bytes are met by chance"},
           {Source::kPort, "65535", true, "the last port"},
           {Source::kPort, "65536", false, "one more"},
           {Source::kPort, "0", false, "no port"},
           {Source::kPort, "22x", false, "more than a number"},
           {Source::kJa3, "0c3f0f475283706337017a6849083317", true, "32 digits"},
           {Source::kJa3, "0c3f", false, "too short"},
           {Source::kJa4, "*_0cb0c5806038_*", true, "a pattern over its parts"},
           {Source::kJa4, "t13d 0cb0c5806", false, "a blank"},
           {Source::kShape, "beacon", true, "a shape"},
           {Source::kShape, "beacons", false, "a word that no one says"},
           {Source::kAbsent, "user-agent", true, "its absence is noted"},
           {Source::kAbsent, "host", false, "its absence is not"},
           {Source::kKind, "websocket", true, "a kind"},
           {Source::kKind, "web-socket", false, "misspelt"},
           {Source::kUpgrade, "", false, "empty"},
       }) {
    EXPECT_EQ(condition_of(c.source, c.text).has_value(), c.is_good) << c.text << ": " << c.why;
  }
}

TEST(ConditionText, AnchorsAreTakenOffUserAgentTokensAlone) {
  const Condition agent = *condition_of(Source::kUserAgent, "^Wget/1$");
  EXPECT_EQ(agent.text, "wget/1");
  EXPECT_TRUE(agent.at_begin && agent.at_end);
  const Condition text = *condition_of(Source::kString, "^Abc$");
  EXPECT_EQ(text.text, "^Abc$");
  EXPECT_FALSE(text.at_begin || text.at_end);
}

TEST(ConditionText, BytesNeedALengthThatIsNoChance) {
  EXPECT_TRUE(bytes_condition(Side::kUp, 0, "\x05\x01").has_value());
  EXPECT_FALSE(bytes_condition(Side::kUp, 0, "\x05").has_value());
  EXPECT_FALSE(bytes_condition(Side::kUp, std::nullopt, "abc").has_value());
  EXPECT_TRUE(bytes_condition(Side::kUp, std::nullopt, "abcd").has_value());
  EXPECT_FALSE(bytes_condition(Side::kUp, 0, std::string(kLongestText + 1, 'x')).has_value());
  EXPECT_TRUE(bytes_condition(Side::kUp, 0, std::string(kLongestText, 'x')).has_value());
}

TEST(ConditionText, Hexadecimal) {
  EXPECT_EQ(bytes_from_hex("01 0A fF"), std::string("\x01\x0A\xFF"));
  EXPECT_EQ(bytes_from_hex(""), "");
  EXPECT_FALSE(bytes_from_hex("0").has_value());
  EXPECT_FALSE(bytes_from_hex("0 1").has_value());
  EXPECT_FALSE(bytes_from_hex("0g").has_value());
}

TEST(ConditionText, NamesComeBack) {
  EXPECT_EQ(side_named("down"), Side::kDown);
  EXPECT_FALSE(side_named("sideways").has_value());
  EXPECT_EQ(class_named("remote-access"), Class::kRemoteAccess);
  EXPECT_EQ(class_named("cloud-storage"), Class::kCloudStorage);
  EXPECT_FALSE(class_named("thing").has_value());
  EXPECT_EQ(source_named("user_agent"), Source::kUserAgent);
  EXPECT_FALSE(source_named("combination").has_value());
}

}  // namespace
}  // namespace mogura::identity::detail
