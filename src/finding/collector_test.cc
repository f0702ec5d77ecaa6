#include "finding/collector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "finding/detail/sessions_for_test.h"

namespace mogura::finding {
namespace {

using protocol::Inner;
using session::ConnectAnomaly;
using session::Kind;
using session::Session;
using testing::ssl;
using testing::tunnel;
using testing::with_anomaly;

std::vector<Finding> findings_of(const std::vector<Session>& sessions) {
  Collector collector;
  population::Population population;
  for (const Session& session : sessions) {
    collector.add(session);
    population.add(session);
  }
  return collector.findings({population, identity::Catalogue::bundled()});
}

TEST(Collector, FindsOnlyTunnelsThroughConnectThatCarriedSomethingOtherThanTls) {
  Session ssl = tunnel("ssl.example:443", Inner::kTls);
  ssl.kind = Kind::kSsl;
  Session websocket = tunnel("ws.example:80", Inner::kUnknown);
  websocket.kind = Kind::kWebSocket;
  Session bare = tunnel("bare.example:22", Inner::kSsh);
  bare.kind = Kind::kOther;
  const auto findings = findings_of({ssl, websocket, bare, tunnel("silent.example:443", Inner::kNone),
                                     tunnel("edge.example:443", Inner::kUnknown)});
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].destination, "edge.example:443");
  EXPECT_EQ(findings[0].kind, "connect");
  for (std::size_t i = 1; i < findings.size(); ++i) EXPECT_LT(findings[i].score, kLookAt);
}

TEST(Collector, NamesTheProxyWhereTheTargetWasCut) {
  Session cut = tunnel("", Inner::kSsh);
  cut.server = {Address::v4(0x0A000002), 3128};
  EXPECT_EQ(findings_of({cut}).at(0).destination, "10.0.0.2:3128");
}

TEST(Collector, ScoresTheSameWhenTheSameSessionsComeTwice) {
  const Session session = with_anomaly(tunnel("edge.example:443", Inner::kSsh), ConnectAnomaly::kRequestBody);
  EXPECT_EQ(findings_of({session})[0].score, findings_of({session, session})[0].score);
}

TEST(Collector, ListsUserAgentsThatWereSeenEvenEmptyOnes) {
  Session named = tunnel("edge.example:443", Inner::kSsh);
  named.user_agent = "corkscrew";
  named.user_agent_seen = true;
  Session empty = tunnel("edge.example:443", Inner::kSsh);
  empty.user_agent_seen = true;
  const Finding finding = findings_of({named, empty, tunnel("edge.example:443", Inner::kSsh)}).at(0);
  EXPECT_EQ(finding.user_agents, (std::vector<std::string>{"", "corkscrew"}));
  EXPECT_EQ(finding.user_agents_count, 2u);
}

TEST(Collector, NamesTheForwardedClientBehindAProxy) {
  Session session = tunnel("edge.example:443", Inner::kSsh);
  session.client_forwarded = "192.0.2.7";
  EXPECT_EQ(findings_of({session})[0].clients, std::vector<std::string>{"192.0.2.7"});
}

TEST(Collector, KeepsTheSmallestOfManyClientsAndCountsAll) {
  for (const std::uint32_t count : {99u, 100u, 101u, 150u}) {
    std::vector<Session> sessions;
    for (std::uint32_t i = 0; i < count; ++i)
      sessions.push_back(tunnel("edge.example:443", Inner::kSsh, 100 + i));
    const Finding forward = findings_of(sessions).at(0);
    std::reverse(sessions.begin(), sessions.end());
    const Finding backward = findings_of(sessions).at(0);
    EXPECT_EQ(forward.clients.size(), std::min<std::size_t>(count, kListedClients));
    EXPECT_EQ(forward.clients, backward.clients);
    EXPECT_EQ(forward.clients_count, count);
  }
}

TEST(Collector, CutsLongUserAgents) {
  Session session = tunnel("edge.example:443", Inner::kSsh);
  session.user_agent_seen = true;
  session.user_agent = std::string(kUserAgentBytes + 1, 'a');
  EXPECT_EQ(findings_of({session})[0].user_agents[0], std::string(kUserAgentBytes, 'a') + "…");
}

TEST(Collector, SortsByScoreThenDestinationInAnyOrderOfSessions) {
  std::vector<Session> sessions{tunnel("c:1", Inner::kHttp), tunnel("b:1", Inner::kSsh),
                                tunnel("a:1", Inner::kUnknown), tunnel("a2:1", Inner::kSsh),
                                tunnel("b:1", Inner::kSsh, 3)};
  std::mt19937 random(1);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(sessions.begin(), sessions.end(), random);
    std::string order;
    for (const Finding& finding : findings_of(sessions)) order += finding.destination + " ";
    EXPECT_EQ(order, "a2:1 b:1 a:1 c:1 ");
  }
}

TEST(Collector, CountsSessionsOfServicesBeyondTheLimit) {
  Limits limits;
  limits.group_keys = 3;
  Collector collector(limits);
  for (const char* name : {"a:1", "b:1", "c:1", "d:1", "a:1", "e:1"})
    collector.add(tunnel(name, Inner::kSsh));
  EXPECT_EQ(collector.sessions_not_judged(), 2u);
}

TEST(Collector, MergesToWhatOneCollectorWouldHave) {
  std::vector<Session> sessions;
  for (int i = 0; i < 60; ++i) {
    sessions.push_back(tunnel("host" + std::to_string(i % 7) + ":1", Inner::kSsh,
                              static_cast<std::uint32_t>(1 + i % 5), i * 11));
  }
  population::Population population;
  Collector whole;
  Collector left;
  Collector right;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    population.add(sessions[i]);
    whole.add(sessions[i]);
    (i % 3 == 0 ? left : right).add(sessions[i]);
  }
  left.merge(right);
  const Judgement judgement{population, identity::Catalogue::bundled()};
  const auto expected = whole.findings(judgement);
  const auto merged = left.findings(judgement);
  ASSERT_EQ(merged.size(), expected.size());
  for (std::size_t i = 0; i < merged.size(); ++i) {
    EXPECT_EQ(merged[i].destination, expected[i].destination);
    EXPECT_EQ(merged[i].score, expected[i].score);
    EXPECT_EQ(merged[i].clients, expected[i].clients);
    EXPECT_EQ(merged[i].sessions, expected[i].sessions);
    EXPECT_EQ(left.sessions_of(merged[i]).size(), whole.sessions_of(expected[i]).size());
  }
}

TEST(Collector, MakesARegisteredPatternEvidenceOfItsOwn) {
  Collector collector;
  population::Population population;
  const Session session = ssl("a.example:443", 1, 0, "", "1301");
  population.add(session);
  const std::string_view ids[] = {"known-tool"};
  collector.add(session, ids);
  const auto findings = collector.findings({population, identity::Catalogue::bundled()});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].patterns, std::vector<std::string>{"known-tool"});
  EXPECT_GE(findings[0].score, kLookAt);
  EXPECT_EQ(findings[0].evidence[0].text, "1 of 1 session match a registered pattern: known-tool");
}

TEST(Collector, KeepsASampleOfOrdinarySessionsThatDoesNotDependOnTheirOrder) {
  const auto sample_of = [](bool is_reversed) {
    Collector collector({}, {5, 10});
    for (int i = 0; i < 100; ++i) {
      collector.add(ssl("site.example:443", 1, is_reversed ? 99 - i : i, "browser", "1301"));
    }
    std::vector<Timestamp> times;
    for (const Session* session : collector.ordinary_sessions({})) times.push_back(session->start);
    std::sort(times.begin(), times.end());
    return times;
  };
  EXPECT_EQ(sample_of(false).size(), 10u);
  EXPECT_EQ(sample_of(false), sample_of(true));
}

TEST(Collector, LeavesTheSessionsOfFindingsOutOfTheSample) {
  Collector collector({}, {5, 10});
  collector.add(ssl("site.example:443", 1, 0, "browser", "1301"));
  collector.add(tunnel("edge.example:443", Inner::kSsh));
  Finding finding;
  finding.kind = "connect";
  finding.destination = "edge.example:443";
  const auto ordinary = collector.ordinary_sessions({finding});
  ASSERT_EQ(ordinary.size(), 1u);
  EXPECT_EQ(ordinary[0]->destination, "site.example:443");
  EXPECT_EQ(collector.sessions_of(finding).size(), 1u);
}

}  // namespace
}  // namespace mogura::finding
