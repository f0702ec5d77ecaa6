#include "identity/question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace mogura::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Timestamp kFirst{std::chrono::seconds{1'700'000'000}};  // 2023-11-14 22:13:20
constexpr Timestamp kLast{std::chrono::seconds{1'700'003'600}};

Question ask(const Clues& clues, const Application& application,
             std::vector<std::string> clients = {"192.0.2.9"},
             std::string_view destination = "relay.example:443") {
  return questions_for(clues, application, destination, clients, kFirst, kLast);
}

TEST(Question, ASearchHasTheTellingStringsInQuotes) {
  const Clues clues{
      {{"kind", "connect"}, {"user-agent", "odd agent/1"}, {"destination", "relay.example:443"}}, {}};
  EXPECT_EQ(ask(clues, {}).search, R"("odd agent/1" "relay.example")");
  Application named;
  named.name = "OpenSSH 9.2 (SSH)";
  named.clues = {{"banner", "SSH-2.0-OpenSSH_9.2"}};
  EXPECT_EQ(ask(clues, named).search,
            "\"OpenSSH 9.2 (SSH)\" \"SSH-2.0-OpenSSH_9.2\" \"odd agent/1\" \"relay.example\"");
}

TEST(Question, AddressesAreNotSearchedFor) {
  const Clues clues{{{"destination", "198.51.100.7:443"}, {"ja4", "t13d"}}, {}};
  EXPECT_EQ(ask(clues, {}).search, R"("relay.example")");
}

TEST(Question, TheSenderIsToldWhoWhenAndToWhat) {
  Application named;
  named.name = "OpenVPN";
  named.cls = Class::kVpn;
  EXPECT_EQ(
      ask({{{"user-agent", "agent/1"}}, {}}, named).ask,
      "Between 2023-11-14 22:13 UTC and 2023-11-14 23:13 UTC, your computer 192.0.2.9 was in contact with "
      "relay.example:443. The program called itself \"agent/1\". It looks like OpenVPN, a VPN program. Which "
      "program was it, who set it up, and what is it needed for?");
}

TEST(Question, ManyClientsAreCounted) {
  const std::string asked = ask({}, {}, {"a", "b", "c", "d", "e", "f", "g"}).ask;
  EXPECT_THAT(asked, HasSubstr("the computers a, b, c, d, e and 2 more were in contact"));
  EXPECT_THAT(ask({}, {}, {"a", "b"}).ask, HasSubstr("the computers a and b were"));
}

TEST(Question, HostileTextCannotLeaveItsQuotes) {
  const Clues clues{{{"user-agent", "a\"b\\c\x1b[31m\r\nX: y \xe2\x80\xae"}}, {}};
  const Question question = ask(clues, {}, {"192.0.2.9"}, "x\n\x07y:1");
  for (const std::string& text : {question.search, question.ask}) {
    for (const char c : text) EXPECT_TRUE(c >= 0x20 && c <= 0x7E) << static_cast<int>(c);
  }
  EXPECT_THAT(question.search, HasSubstr("\"a'b'c [31m  X: y    \""));
}

TEST(Question, LongValuesAreCut) {
  const Clues clues{{{"user-agent", std::string(5000, 'x')}}, {}};
  EXPECT_EQ(ask(clues, {}).search, '"' + std::string(kQuotedBytes, 'x') + "...\"");
  EXPECT_THAT(ask(clues, {}).ask, Not(HasSubstr(std::string(kQuotedBytes + 1, 'x'))));
}

}  // namespace
}  // namespace mogura::identity
