#include "finding/allow.h"

#include <gtest/gtest.h>

namespace mogura::finding {
namespace {

Finding finding_of(std::string destination, std::vector<std::string> clients = {"10.1.0.5"},
                   std::vector<std::string> agents = {"git/2.39"}) {
  Finding finding;
  finding.destination = std::move(destination);
  finding.kind = "ssl";
  finding.clients_count = clients.size();
  finding.clients = std::move(clients);
  finding.user_agents_count = agents.size();
  finding.user_agents = std::move(agents);
  finding.evidence = {{"connect-not-tls", "…", 0.6, {}, {}}, {"no-user-agent", "…", 0.1, {}, {}}};
  settle(finding);
  return finding;
}

Timestamp day(int year, unsigned month, unsigned day_of_month, int hour = 12) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(day_of_month)) +
         std::chrono::hours(hour);
}

AllowList list_of(const std::string& entry) {
  Result<AllowList> list = AllowList::parse("format = 1\n[[allow]]\n" + entry, "allow.toml");
  EXPECT_TRUE(list) << (list ? "" : list.error().message());
  return list ? std::move(*list) : AllowList();
}

TEST(AllowList, CoversWhatAllGivenKeysFit) {
  const struct {
    const char* entry;
    Finding finding;
    bool is_covered;
    const char* why;
  } cases[] = {
      {"host = \"git.example.com\"", finding_of("git.example.com:443"), true, "any port"},
      {"host = \"Git.Example.com:443\"", finding_of("git.example.com:443"), true, "names have no case"},
      {"host = \"git.example.com:22\"", finding_of("git.example.com:443"), false, "another port"},
      {"host = \"example.com\"", finding_of("git.example.com:443"), false, "a host is not a suffix"},
      {"suffix = \"example.com\"", finding_of("git.example.com:443"), true, "below it"},
      {"suffix = \".example.com\"", finding_of("example.com:443"), true, "the name itself"},
      {"suffix = \"example.com\"", finding_of("badexample.com:443"), false, "only at a label's boundary"},
      {"host = \"2001:db8::1\"", finding_of("[2001:db8::1]:443"), true, "an address in brackets"},
      {"network = \"10.1.0.0/16\"", finding_of("a.example:443"), true, "all clients are in it"},
      {"network = \"10.1.0.0/24\"", finding_of("a.example:443", {"10.1.0.5", "10.1.1.5"}), false,
       "one client is not"},
      {"network = \"192.0.2.0/24\"", finding_of("192.0.2.77:443"), true, "the destination's address"},
      {"network = \"2001:db8::/32\"", finding_of("[2001:db8:7::1]:443"), true, "IPv6"},
      {"network = \"0.0.0.0/0\"", finding_of("a.example:443", {"2001:db8::1"}), false, "other family"},
      {"user_agent = \"git/*\"", finding_of("a.example:443"), true, "a glob"},
      {"user_agent = \"git/*\"", finding_of("a.example:443", {"10.1.0.5"}, {"git/2", "curl/7"}), false,
       "one of its agents is another"},
      {"user_agent = \"*\"", finding_of("a.example:443", {"10.1.0.5"}, {}), false,
       "there is no agent to fit"},
      {"host = \"a.example\"\nuser_agent = \"curl/*\"", finding_of("a.example:443"), false,
       "the host fits, the agent does not"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(list_of(c.entry).covering(c.finding, day(2026, 1, 1)) != nullptr, c.is_covered) << c.why;
  }
}

TEST(AllowList, CoversByCipherListOrJa4) {
  Finding finding = finding_of("a.example:443");
  finding.cipher_lists = {"1301-1302"};
  finding.ja4s = {"t13d0200_a_b"};
  EXPECT_TRUE(list_of("cipher_suites = \"1301-1302\"").covering(finding, day(2026, 1, 1)));
  EXPECT_TRUE(list_of("cipher_suites = \"t13d0200_a_b\"").covering(finding, day(2026, 1, 1)));
  finding.cipher_lists = {"1301-1302", "1303"};
  EXPECT_FALSE(list_of("cipher_suites = \"1301-1302\"").covering(finding, day(2026, 1, 1)));
}

TEST(AllowList, CoversAProgramOnlyWithAllOfItsDestinations) {
  Finding finding = finding_of("a.example.com:443");
  finding.destinations = {"a.example.com:443", "b.example.net:443"};
  EXPECT_FALSE(list_of("suffix = \"example.com\"").covering(finding, day(2026, 1, 1)));
}

TEST(AllowList, AppliesToTheEndOfTheDayItExpires) {
  const AllowList list = list_of("host = \"a.example\"\nexpires = 2026-03-01");
  EXPECT_TRUE(list.covering(finding_of("a.example:443"), day(2026, 3, 1, 23)));
  EXPECT_FALSE(list.covering(finding_of("a.example:443"), day(2026, 3, 2, 0)));
  EXPECT_EQ(list.expired(day(2026, 3, 2, 0)), 1u);
}

TEST(AllowList, ScoresTheCoveredZeroAndSaysWho) {
  const AllowList list = list_of(
      "host = \"a.example\"\nowner = \"net team\"\ncomment = \"build mirror\"\n"
      "expires = 2027-01-31");
  Finding finding = finding_of("a.example:443");
  list.apply(finding, day(2026, 1, 1));
  EXPECT_EQ(finding.status, Status::kSanctioned);
  EXPECT_EQ(finding.score, 0);
  EXPECT_EQ(finding.sanction, "sanctioned by net team: build mirror (until 2027-01-31) [allow.toml line 2]");
}

TEST(AllowList, ScoresZeroWhatHasMoreEvidenceThanTheScoreCanShow) {
  const AllowList list = list_of("host = \"a.example\"");
  Finding finding = finding_of("a.example:443");
  finding.evidence = {{"a", "one", 0.8, {}, {}}, {"b", "two", 0.4, {}, {}}};
  list.apply(finding, day(2026, 1, 1));
  EXPECT_EQ(finding.score, 0);
  EXPECT_DOUBLE_EQ(finding.evidence.front().weight, -1.2);
}

TEST(AllowList, TakesTheMarkOffWhenTheEntryIsGone) {
  const AllowList list = list_of("host = \"a.example\"\nexpires = 2026-03-01");
  Finding finding = finding_of("a.example:443");
  list.apply(finding, day(2026, 1, 1));
  list.apply(finding, day(2026, 6, 1));
  EXPECT_EQ(finding.status, Status::kNew);
  EXPECT_EQ(finding.score, 0.7);
  EXPECT_TRUE(finding.sanction.empty());
}

TEST(AllowList, RefusesWhatItDoesNotUnderstandAndNamesThePlace) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"[[allow]]\nhots = \"a\"\n", "allow.toml line 2: there is no key \"hots\" in an allow entry"},
      {"[[allow]]\ncomment = \"x\"\n",
       "allow.toml line 1: this entry would allow everything: it needs host, suffix, network, user_agent or "
       "cipher_suites"},
      {"[[allow]]\nnetwork = \"10.0.0.0/33\"\n",
       "allow.toml line 2: network \"10.0.0.0/33\" is no address or network"},
      {"[[allow]]\nhost = 5\n", "allow.toml line 2: host must be a text that is not empty"},
      {"[[allow]]\nhost = \"a\"\nexpires = \"soon\"\n",
       "allow.toml line 3: expires must be a date: 2027-01-31"},
      {"format = 2\n", "allow.toml line 1: format must be 1"},
      {"deny = 1\n", "allow.toml line 1: there is no key \"deny\"; entries begin with [[allow]]"},
  };
  for (const auto& c : cases) {
    const Result<AllowList> list = AllowList::parse(c.text, "allow.toml");
    ASSERT_FALSE(list) << c.text;
    EXPECT_EQ(list.error().message(), c.message);
  }
  EXPECT_FALSE(AllowList::parse("[[allow]\n", "allow.toml"));
}

TEST(AllowList, TakesCommentsInAnyScriptAndSurvivesThemWhereNoneBelong) {
  const AllowList list = list_of("host = \"a.example\"\ncomment = \"\u682a ~7e 土竜\"");
  Finding finding = finding_of("a.example:443");
  list.apply(finding, day(2026, 1, 1));
  EXPECT_NE(finding.sanction.find("株 ~7e 土竜"), std::string::npos) << finding.sanction;
  EXPECT_FALSE(AllowList::parse("[[allow]]\nexpires = 2R|'\xC2\xA8]#\n", "allow.toml"))
      << "toml++ 3.3 ran into what it calls unreachable";
  EXPECT_FALSE(AllowList::parse("[[allow]]\n\xCF\x9E = 1\n", "allow.toml"));
}

}  // namespace
}  // namespace mogura::finding
