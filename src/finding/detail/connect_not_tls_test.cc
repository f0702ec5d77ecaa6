#include <gtest/gtest.h>

#include "finding/detail/rules.h"
#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using protocol::Inner;
using session::ConnectAnomaly;
using session::Kind;
using session::Session;
using testing::facts_of;
using testing::tunnel;
using testing::with_anomaly;

// The evidence of these two rules alone.
Finding judged(const std::vector<Session>& sessions) {
  const ServiceFacts facts = facts_of(sessions);
  Finding finding;
  judge_connect_not_tls(facts, finding.evidence);
  judge_hidden_protocol(facts, finding.evidence);
  settle(finding);
  return finding;
}

Session bare(std::string destination, Inner inner, Kind kind) {
  Session session = tunnel(std::move(destination), inner);
  session.kind = kind;
  return session;
}

TEST(ConnectNotTls, SaysWhatWasSeenWithItsNumbers) {
  const Finding finding = judged({tunnel("edge.example:443", Inner::kSsh, 1, 500),
                                  tunnel("edge.example:443", Inner::kSsh, 2, 100),
                                  tunnel("edge.example:443", Inner::kUnknown, 2, 300)});
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
}

TEST(ConnectNotTls, UsesTheSingularForOne) {
  const Finding finding = judged({tunnel("edge.example:443", Inner::kSsh)});
  EXPECT_EQ(finding.evidence[0].text,
            "1 session from 1 client went through CONNECT to edge.example:443 and carried ssh, not TLS");
}

TEST(ConnectNotTls, WeighsByWhatIsInside) {
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
    const Finding finding = judged(sessions);
    EXPECT_EQ(finding.score, row.score) << row.why;
    EXPECT_EQ(finding.severity(), row.severity) << row.why;
  }
}

TEST(ConnectNotTls, WeighsAnomaliesByWhetherHalfOfTheSessionsShowThem) {
  const Session plain = tunnel("edge.example:443", Inner::kUnknown);
  const Session odd = with_anomaly(plain, ConnectAnomaly::kEarlyServerData);
  EXPECT_EQ(judged({plain}).evidence.size(), 1u);
  EXPECT_EQ(judged({odd, plain, plain}).score, 0.65);
  const Finding half = judged({odd, plain});
  EXPECT_EQ(half.score, 0.7);
  EXPECT_EQ(half.evidence[1].code, "connect-anomaly");
  EXPECT_EQ(half.evidence[1].text, "1 of 2 sessions had an odd CONNECT dialogue: early-server-data (1)");
  EXPECT_EQ(half.evidence[1].observed, 1.0);
}

TEST(ConnectNotTls, ScoresTheWorkedExampleOfTheGuide) {
  std::vector<Session> sessions;
  for (std::uint32_t i = 0; i < 51; ++i) {
    sessions.push_back(tunnel("edge.example:443", i < 49 ? Inner::kSsh : Inner::kUnknown, 1 + i % 2));
    if (i < 3) sessions.back() = with_anomaly(sessions.back(), ConnectAnomaly::kEarlyServerData);
  }
  const Finding finding = judged(sessions);
  EXPECT_EQ(finding.score, 0.85);
  EXPECT_EQ(finding.severity(), Severity::kHigh);
  EXPECT_EQ(finding.evidence.at(2).text,
            "3 of 51 sessions had an odd CONNECT dialogue: early-server-data (3)");
}

TEST(HiddenProtocol, IsOneThatHasNoBusinessThere) {
  const struct {
    Session session;
    const char* code;  // nullptr: none
    const char* why;
  } cases[] = {
      {bare("a:80", Inner::kSsh, Kind::kWebSocket), "protocol-in-websocket", "a shell in messages"},
      {bare("a:9000", Inner::kVnc, Kind::kWebSocket), "protocol-in-websocket", "any port"},
      {bare("a:80", Inner::kUnknown, Kind::kWebSocket), nullptr, "messages of the page's own making"},
      {bare("a:443", Inner::kSsh, Kind::kOther), "protocol-on-web-port", "a shell where TLS should be"},
      {bare("a:22", Inner::kSsh, Kind::kOther), nullptr, "a shell on its own port"},
      {bare("a:443", Inner::kTls, Kind::kOther), nullptr, "TLS"},
      {bare("a:443", Inner::kSsh, Kind::kGetPost), nullptr, "bodies are not looked into"},
  };
  for (const auto& c : cases) {
    const Finding finding = judged({c.session});
    ASSERT_EQ(finding.evidence.size(), c.code == nullptr ? 0u : 1u) << c.why;
    if (c.code != nullptr) {
      EXPECT_EQ(finding.evidence[0].code, c.code) << c.why;
    }
  }
}

}  // namespace
}  // namespace mogura::finding::detail
