#include "population/groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "population/detail/group_table.h"

namespace mogura::population {
namespace {

using session::Kind;
using session::Session;

Session make(std::string destination, std::uint32_t client = 1) {
  Session session;
  session.destination = std::move(destination);
  session.client.address = Address::v4(0x0A000000 + client);
  return session;
}

Session with_user_agent(Session session, std::string user_agent) {
  session.user_agent = std::move(user_agent);
  session.user_agent_seen = true;
  return session;
}

Session with_hello(Session session, std::string cipher_suites, std::string ja3, std::string ja4) {
  session.cipher_suites = std::move(cipher_suites);
  session.ja3 = std::move(ja3);
  session.ja4 = std::move(ja4);
  return session;
}

Session with_connect(Session session, Kind kind, std::uint64_t up, std::uint64_t down) {
  session.kind = kind;
  session.methods = {{"CONNECT", 1}};
  session.exchanges = {up, down};
  return session;
}

std::string describe(const Group& g) {
  std::string text = g.key;
  for (const std::uint64_t figure :
       {g.sessions, g.clients, g.user_agents, g.destinations, g.cipher_lists, g.bytes_up, g.bytes_down}) {
    text += " " + std::to_string(figure);
  }
  for (const Timestamp time : {g.first, g.last}) {
    if (time != Timestamp{}) text += " " + to_rfc3339(time);
  }
  return text + " " + g.ja3 + " " + g.ja4;
}

std::string describe(const Groups& groups) {
  std::string text;
  for (std::size_t t = 0; t < kGroupTables; ++t) {
    const auto by = static_cast<GroupBy>(t);
    for (const Group& group : groups.top(by, 1'000'000)) text += describe(group) + "\n";
    const NotListed rest = groups.not_listed(by);
    text += "not listed " + std::to_string(rest.keys) + " " + std::to_string(rest.sessions) + "\n";
  }
  const Breakdown b = groups.breakdown();
  text += "total " + std::to_string(b.total);
  for (const std::uint64_t kind : b.by_kind) text += " " + std::to_string(kind);
  for (const auto& [name, count] : b.by_method) text += " " + name + " " + std::to_string(count);
  return text + " " + std::to_string(b.analysed.total) + " " + std::to_string(b.analysed.connect) + " " +
         std::to_string(b.analysed.ssl);
}

// A day with a few popular and many rare keys, made from a seed.
std::vector<Session> make_day(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  const auto skewed = [&random](unsigned n) {
    return std::min(static_cast<unsigned>(random() % n), static_cast<unsigned>(random() % n));
  };
  std::vector<Session> day;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string domain = "d" + std::to_string(random() % 3) + ".example";
    Session s = make("host" + std::to_string(skewed(150)) + "." + domain + ":443", skewed(60));
    s.start = Timestamp(std::chrono::seconds(random() % 10'000));
    s.end = s.start + std::chrono::seconds(random() % 100);
    if (random() % 4 != 0) s = with_user_agent(s, "agent/" + std::to_string(skewed(12)));
    if (random() % 3 != 0) {
      s = with_hello(s, "1301-" + std::to_string(skewed(9)), "ja3 " + std::to_string(skewed(12)),
                     "ja4 " + std::to_string(skewed(2)));
    }
    if (random() % 5 == 0) s.client_forwarded = "192.0.2." + std::to_string(skewed(20));
    const auto kind = static_cast<Kind>(random() % session::kKinds);
    if (random() % 2 == 0) s = with_connect(s, kind, random() % 20, random() % 20);
    if (random() % 3 == 0) s.methods.emplace_back("M" + std::to_string(skewed(7)), 3);
    s.bytes = {random() % 1000, random() % 5000};
    day.push_back(std::move(s));
  }
  return day;
}

Groups add_all(const std::vector<Session>& sessions, const Limits& limits = {}) {
  Groups groups(limits);
  for (const Session& session : sessions) groups.add(session);
  return groups;
}

TEST(Groups, CountsDistinctClientsUserAgentsAndCipherListsOfADestination) {
  Session first = with_hello(with_user_agent(make("a.example:443", 1), "one"), "1301", "", "");
  first.bytes = {100, 2000};
  Session second = with_user_agent(make("a.example:443", 2), "two");
  second.bytes = {10, 20};
  const Groups groups = add_all({first, second, first, make("a.example:443", 2)});
  const std::vector<Group> top = groups.top(GroupBy::kDestination, 50);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(describe(top[0]), "a.example:443 4 2 2 0 1 210 4020  ");
}

TEST(Groups, CountsDistinctDestinationsAndCipherListsOfAUserAgent) {
  const Groups groups = add_all({with_hello(with_user_agent(make("a:1"), "x"), "1301", "", ""),
                                 with_hello(with_user_agent(make("b:1"), "x"), "1302", "", ""),
                                 with_user_agent(make("b:1", 9), "x")});
  const std::vector<Group> top = groups.top(GroupBy::kUserAgent, 50);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(describe(top[0]), "x 3 2 0 2 2 0 0  ");
}

TEST(Groups, CountsDistinctDestinationsAndUserAgentsOfACipherList) {
  const Groups groups = add_all({with_hello(with_user_agent(make("a:1"), "x"), "1301", "j3", "j4"),
                                 with_hello(make("b:1", 2), "1301", "j3", "j4")});
  const std::vector<Group> top = groups.top(GroupBy::kCipherSuites, 50);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(describe(top[0]), "1301 2 2 1 2 0 0 0 j3 j4");
}

TEST(Groups, PutsHostsOfOneRegistrableDomainTogether) {
  Session first = with_user_agent(make("www.example.co.uk:443", 1), "one");
  first.bytes = {100, 2000};
  const Groups groups = add_all({first, with_hello(make("img.example.co.uk:443", 2), "1301", "", ""),
                                 make("example.co.uk:80", 2), make("192.0.2.1:443", 2)});
  const std::vector<Group> top = groups.top(GroupBy::kRegistrableDomain, 50);
  ASSERT_EQ(top.size(), 2u);
  EXPECT_EQ(describe(top[0]), "example.co.uk 3 2 1 0 1 100 2000  ");
  EXPECT_EQ(top[1].key, "192.0.2.1");
}

TEST(Groups, CountsByJa4) {
  const Groups groups = add_all({with_hello(with_user_agent(make("a:1"), "x"), "1301", "j3", "t13d"),
                                 with_hello(make("b:1", 2), "1302", "j3", "t13d"), make("c:1")});
  const std::vector<Group> top = groups.top(GroupBy::kJa4, 50);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(describe(top[0]), "t13d 2 2 1 2 0 0 0  ");
}

TEST(Groups, KnowsTheFirstStartAndTheLastEnd) {
  std::vector<Session> sessions(3, make("a:1"));
  for (std::size_t i = 0; i < 3; ++i) {
    sessions[i].start = Timestamp(std::chrono::seconds(50 - 10 * i));
    sessions[i].end = Timestamp(std::chrono::seconds(60 - i));
  }
  const Group group = add_all(sessions).top(GroupBy::kDestination, 1)[0];
  EXPECT_EQ(group.first, Timestamp(std::chrono::seconds(30)));
  EXPECT_EQ(group.last, Timestamp(std::chrono::seconds(60)));
}

TEST(Groups, AnAbsentUserAgentIsNoGroupAndAnEmptyOneIs) {
  const Groups groups = add_all({make("a:1"), with_user_agent(make("a:1"), "")});
  const std::vector<Group> top = groups.top(GroupBy::kUserAgent, 50);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(top[0].key, "");
  EXPECT_EQ(top[0].sessions, 1u);
  EXPECT_EQ(groups.size(GroupBy::kCipherSuites), 0u);
  EXPECT_EQ(groups.top(GroupBy::kDestination, 1)[0].user_agents, 1u);
}

TEST(Groups, AForwardedAddressIsTheSameClientAsThatAddressOnTheWire) {
  Session behind_proxy = make("a:1", 77);
  behind_proxy.client_forwarded = "10.0.0.1";
  const Groups groups = add_all({make("a:1", 1), behind_proxy});
  EXPECT_EQ(groups.top(GroupBy::kDestination, 1)[0].clients, 1u);
  EXPECT_EQ(client_of(behind_proxy), "10.0.0.1");
  EXPECT_EQ(client_of(make("a:1", 1)), "10.0.0.1");
}

TEST(Groups, NamesTheMostFrequentFingerprintOfFew) {
  std::vector<Session> sessions;
  for (const char* ja3 : {"b", "a", "b", "c", "a"})
    sessions.push_back(with_hello(make("d:1"), "1301", ja3, ""));
  EXPECT_EQ(add_all(sessions).top(GroupBy::kCipherSuites, 1)[0].ja3, "a")
      << "of equally frequent ones the smallest";
}

TEST(Groups, NamesNoFingerprintWhereThereAreMoreThanEight) {
  std::vector<Session> sessions;
  for (int i = 0; i < 8; ++i) sessions.push_back(with_hello(make("d:1"), "1301", std::to_string(i), "same"));
  EXPECT_EQ(add_all(sessions).top(GroupBy::kCipherSuites, 1)[0].ja3, "0");
  sessions.push_back(with_hello(make("d:1"), "1301", "8", "same"));
  const Group group = add_all(sessions).top(GroupBy::kCipherSuites, 1)[0];
  EXPECT_EQ(group.ja3, "");
  EXPECT_EQ(group.ja4, "same");
}

TEST(Groups, SortsBySessionsThenKey) {
  const Groups groups = add_all({make("c:1"), make("b:1"), make("a:1"), make("b:1"), make("d:1")});
  std::string keys;
  for (const Group& group : groups.top(GroupBy::kDestination, 3)) keys += group.key + " ";
  EXPECT_EQ(keys, "b:1 a:1 c:1 ");
  EXPECT_EQ(groups.size(GroupBy::kDestination), 4u);
}

TEST(Groups, AnalysedSessionsHaveAConnectAndEnoughMessagesEachWay) {
  const struct {
    Session session;
    std::array<std::uint64_t, 3> analysed;  // total, connect, ssl
    const char* why;
  } rows[] = {
      {with_connect(make("a:1"), Kind::kConnect, 10, 10), {1, 1, 0}, "exactly enough"},
      {with_connect(make("a:1"), Kind::kSsl, 99, 10), {1, 0, 1}, "SSL type"},
      {with_connect(make("a:1"), Kind::kWebSocket, 10, 10),
       {1, 0, 0},
       "an Upgrade inside CONNECT is in the total"},
      {with_connect(make("a:1"), Kind::kSsl, 9, 10), {0, 0, 0}, "one message too few up"},
      {with_connect(make("a:1"), Kind::kSsl, 10, 9), {0, 0, 0}, "one message too few down"},
      {make("a:1"), {0, 0, 0}, "no CONNECT"},
  };
  for (const auto& row : rows) {
    const Analysed analysed = add_all({row.session}).breakdown().analysed;
    EXPECT_EQ((std::array{analysed.total, analysed.connect, analysed.ssl}), row.analysed) << row.why;
  }
}

TEST(Groups, CountsSessionsByMethodNotRequests) {
  Session both = make("a:1");
  both.methods = {{"GET", 40}, {"POST", 2}};
  Session one = make("a:1");
  one.methods = {{"POST", 1}};
  const Breakdown breakdown = add_all({both, one}).breakdown();
  EXPECT_EQ(breakdown.by_method,
            (std::vector<std::pair<std::string, std::uint64_t>>{{"POST", 2}, {"GET", 1}}));
}

TEST(Groups, LumpsMethodsBeyondTheLimit) {
  Groups groups;
  for (std::size_t i = 0; i < kMethodNames + 10; ++i) {
    Session session = make("a:1");
    session.methods = {{"M" + std::to_string(i), 1}};
    groups.add(session);
  }
  const Breakdown breakdown = groups.breakdown();
  EXPECT_EQ(breakdown.by_method.size(), kMethodNames + 1);
  EXPECT_EQ(breakdown.by_method[0], (std::pair<std::string, std::uint64_t>{"other", 10}));
}

TEST(Groups, CountsWhatIsNotListedAtTheLimitOfKeys) {
  for (const std::size_t limit : {4u, 5u, 6u}) {
    Limits limits;
    limits.group_keys = limit;
    std::vector<Session> sessions;
    for (int i = 0; i < 10; ++i) sessions.push_back(make("host" + std::to_string(i % 5) + ":1"));
    const Groups groups = add_all(sessions, limits);
    EXPECT_EQ(groups.size(GroupBy::kDestination), std::min<std::size_t>(limit, 5));
    EXPECT_EQ(groups.not_listed(GroupBy::kDestination).keys, limit == 4 ? 1u : 0u);
    EXPECT_EQ(groups.not_listed(GroupBy::kDestination).sessions, limit == 4 ? 2u : 0u);
  }
}

TEST(Groups, MergeCountsWhatDoesNotFit) {
  Limits limits;
  limits.group_keys = 2;
  Groups left = add_all({make("a:1"), make("b:1"), make("c:1")}, limits);
  left.merge(add_all({make("d:1"), make("d:1"), make("a:1")}, limits));
  EXPECT_EQ(left.size(GroupBy::kDestination), 2u);
  EXPECT_EQ(left.not_listed(GroupBy::kDestination).keys, 2u);
  EXPECT_EQ(left.not_listed(GroupBy::kDestination).sessions, 3u);
  EXPECT_EQ(left.top(GroupBy::kDestination, 1)[0].sessions, 2u);
}

TEST(Groups, CutsVeryLongKeysAndStillTellsThemApart) {
  const std::string beginning(detail::kGroupKeyBytes, 'x');
  const Groups groups =
      add_all({make(beginning), make(beginning + "1"), make(beginning + "2"), make(beginning + "2")});
  EXPECT_EQ(groups.size(GroupBy::kDestination), 3u);
  EXPECT_EQ(groups.top(GroupBy::kDestination, 1)[0].sessions, 2u);
  EXPECT_EQ(groups.top(GroupBy::kDestination, 1)[0].key.size(), detail::kGroupKeyBytes);
}

TEST(Groups, MergingPartsInAnyOrderGivesTheWhole) {
  Limits limits;
  limits.distinct_exact = 16;  // so that exact counts and estimates both occur
  for (unsigned seed = 1; seed <= 8; ++seed) {
    std::vector<Session> day = make_day(seed, 3000);
    const std::string whole = describe(add_all(day, limits));
    std::mt19937 random(seed);
    for (int round = 0; round < 4; ++round) {
      std::shuffle(day.begin(), day.end(), random);
      std::vector<Groups> parts;
      for (int i = 0; i < 4; ++i) parts.emplace_back(limits);
      for (const Session& session : day) parts[random() % 4].add(session);
      std::shuffle(parts.begin(), parts.end(), random);
      Groups merged(limits);
      for (const Groups& part : parts) merged.merge(part);
      ASSERT_EQ(describe(merged), whole) << "seed " << seed;
    }
  }
}

TEST(Groups, KeepsGroupsOfOneMemberSmall) {
  Groups groups;
  for (int i = 0; i < 60'000; ++i) groups.add(make("host" + std::to_string(i) + ".example.org:443", 1));
  EXPECT_LT(groups.memory_bytes() / 60'000, 200u);
}

}  // namespace
}  // namespace mogura::population
