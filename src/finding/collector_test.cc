#include "finding/collector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace mogura::finding {
namespace {

using protocol::Inner;
using session::ConnectAnomaly;
using session::Kind;
using session::Session;

Session tunnel(std::string destination, Inner inner, std::uint32_t client = 1, int start_s = 0) {
  Session session;
  session.destination = std::move(destination);
  session.kind = Kind::kConnect;
  session.inner = inner;
  session.methods = {{"CONNECT", 1}};
  session.client.address = Address::v4(0x0A000000 + client);
  session.start = Timestamp(std::chrono::seconds(start_s));
  session.end = session.start + std::chrono::seconds(10);
  return session;
}

Session with_anomaly(Session session, ConnectAnomaly anomaly) {
  session.connect_anomalies = static_cast<std::uint8_t>(1u << static_cast<unsigned>(anomaly));
  return session;
}

std::vector<Finding> findings_of(const std::vector<Session>& sessions) {
  Collector collector;
  for (const Session& session : sessions) collector.add(session);
  return collector.findings();
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
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].destination, "edge.example:443");
  EXPECT_EQ(findings[0].kind, "connect");
}

TEST(Collector, SaysWhatWasSeenWithItsNumbers) {
  const auto findings = findings_of({tunnel("edge.example:443", Inner::kSsh, 1, 500),
                                     tunnel("edge.example:443", Inner::kSsh, 2, 100),
                                     tunnel("edge.example:443", Inner::kUnknown, 2, 300)});
  ASSERT_EQ(findings.size(), 1u);
  const Finding& finding = findings[0];
  ASSERT_EQ(finding.evidence.size(), 2u);
  EXPECT_EQ(finding.evidence[0].code, "connect-not-tls");
  EXPECT_EQ(
      finding.evidence[0].text,
      "3 sessions from 2 clients went through CONNECT to edge.example:443 and carried ssh (2) and an unknown "
      "protocol (1), not TLS");
  EXPECT_EQ(finding.evidence[0].observed, 3.0);
  EXPECT_EQ(finding.evidence[0].expected, 0.0);
  EXPECT_EQ(finding.evidence[1].code, "inner-protocol");
  EXPECT_EQ(finding.evidence[1].text,
            "2 of 3 sessions carried ssh, which gives access to another machine or network");
  EXPECT_EQ(finding.sessions, 3u);
  EXPECT_EQ(to_rfc3339(finding.first), "1970-01-01T00:01:40.000000Z");
  EXPECT_EQ(to_rfc3339(finding.last), "1970-01-01T00:08:30.000000Z");
  EXPECT_EQ(finding.clients, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
}

TEST(Collector, NamesTheProxyWhereTheTargetWasCut) {
  Session cut = tunnel("", Inner::kSsh);
  cut.server = {Address::v4(0x0A000002), 3128};
  EXPECT_EQ(findings_of({cut}).at(0).destination, "10.0.0.2:3128");
}

TEST(Collector, UsesTheSingularForOne) {
  const auto findings = findings_of({tunnel("edge.example:443", Inner::kSsh)});
  EXPECT_EQ(findings[0].evidence[0].text,
            "1 session from 1 client went through CONNECT to edge.example:443 and carried ssh, not TLS");
}

TEST(Collector, WeighsByWhatIsInside) {
  const struct {
    std::vector<Inner> inside;
    double score;
    Severity severity;
    const char* why;
  } rows[] = {
      {{Inner::kSsh}, 0.8, Severity::kHigh, "access to a machine"},
      {{Inner::kOpenVpn}, 0.8, Severity::kHigh, "access to a network"},
      {{Inner::kSmtp}, 0.7, Severity::kMedium, "a service that needs no web proxy"},
      {{Inner::kUnknown}, 0.6, Severity::kMedium, "not known"},
      {{Inner::kHttp}, 0.5, Severity::kMedium, "plain HTTP alone"},
      {{Inner::kHttp2}, 0.5, Severity::kMedium, "HTTP/2 without TLS alone"},
      {{Inner::kHttp, Inner::kUnknown}, 0.6, Severity::kMedium, "not plain HTTP alone"},
      {{Inner::kHttp, Inner::kSsh}, 0.8, Severity::kHigh, "the gravest decides"},
      {{Inner::kSmtp, Inner::kSsh}, 0.8, Severity::kHigh, "the gravest decides"},
  };
  for (const auto& row : rows) {
    std::vector<Session> sessions;
    for (const Inner inner : row.inside) sessions.push_back(tunnel("edge.example:443", inner));
    const Finding finding = findings_of(sessions).at(0);
    EXPECT_EQ(finding.score, row.score) << row.why;
    EXPECT_EQ(finding.severity(), row.severity) << row.why;
  }
}

TEST(Collector, WeighsAnomaliesByWhetherHalfOfTheSessionsShowThem) {
  const Session plain = tunnel("edge.example:443", Inner::kUnknown);
  const Session odd = with_anomaly(plain, ConnectAnomaly::kEarlyServerData);
  EXPECT_EQ(findings_of({plain})[0].evidence.size(), 1u);
  EXPECT_EQ(findings_of({odd, plain, plain})[0].score, 0.65);
  const Finding half = findings_of({odd, plain}).at(0);
  EXPECT_EQ(half.score, 0.7);
  EXPECT_EQ(half.evidence[1].code, "connect-anomaly");
  EXPECT_EQ(half.evidence[1].text, "1 of 2 sessions had an odd CONNECT dialogue: early-server-data (1)");
  EXPECT_EQ(half.evidence[1].observed, 1.0);
}

TEST(Collector, ScoresTheWorkedExampleOfTheGuide) {
  std::vector<Session> sessions;
  for (std::uint32_t i = 0; i < 51; ++i) {
    sessions.push_back(tunnel("edge.example:443", i < 49 ? Inner::kSsh : Inner::kUnknown, 1 + i % 2));
    if (i < 3) sessions.back() = with_anomaly(sessions.back(), ConnectAnomaly::kEarlyServerData);
  }
  const Finding finding = findings_of(sessions).at(0);
  EXPECT_EQ(finding.score, 0.85);
  EXPECT_EQ(finding.severity(), Severity::kHigh);
  EXPECT_EQ(finding.evidence.at(2).text,
            "3 of 51 sessions had an odd CONNECT dialogue: early-server-data (3)");
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

TEST(Collector, CountsSessionsOfSuspectDestinationsBeyondTheLimit) {
  Collector collector;
  for (std::size_t i = 0; i < kSuspectDestinations; ++i) {
    collector.add(tunnel("host" + std::to_string(i) + ":1", Inner::kSsh));
  }
  EXPECT_EQ(collector.sessions_not_judged(), 0u);
  collector.add(tunnel("one more:1", Inner::kSsh));
  collector.add(tunnel("host0:1", Inner::kSsh));
  EXPECT_EQ(collector.sessions_not_judged(), 1u);
  EXPECT_EQ(collector.findings().size(), kSuspectDestinations);
}

}  // namespace
}  // namespace mogura::finding
