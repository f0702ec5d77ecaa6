#include "session/session.h"

#include <gtest/gtest.h>

namespace mogura::session {
namespace {

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {*Address::parse(address), port};
}

// The published example, and the same by hand for IPv6: SHA-1 over seed, addresses in order, protocol, ports.
TEST(CommunityId, AgreesWithPublishedValues) {
  EXPECT_EQ(community_id(endpoint("128.232.110.120", 34855), endpoint("66.35.250.204", 80)),
            "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
}

TEST(CommunityId, IsTheSameBothWays) {
  const Endpoint a = endpoint("2001:db8::1", 40000);
  const Endpoint b = endpoint("2001:db8::2", 443);
  EXPECT_EQ(community_id(a, b), community_id(b, a));
  EXPECT_NE(community_id(a, b), community_id(endpoint("2001:db8::1", 40001), b));
}

TEST(SessionId, TellsReusedEndpointsApartByTheStart) {
  Session session;
  session.client = endpoint("10.0.0.1", 1);
  session.server = endpoint("10.0.0.2", 2);
  session.start = Timestamp{std::chrono::microseconds(1'700'000'000'123'456)};
  EXPECT_TRUE(session_id(session).ends_with("=-1700000000123456"));
}

TEST(Session, IsAnalysedWithAConnectAndEnoughMessagesEachWay) {
  struct Case {
    const char* method;
    std::uint64_t up, down;
    bool expected;
  };
  constexpr Case kCases[] = {{"CONNECT", 10, 10, true},
                             {"CONNECT", 9, 10, false},
                             {"CONNECT", 10, 9, false},
                             {"GET", 100, 100, false}};
  for (const Case& c : kCases) {
    Session session;
    session.methods = {{c.method, 1}};
    session.exchanges = {c.up, c.down};
    EXPECT_EQ(session.is_analysed(10), c.expected) << c.method << ' ' << c.up << '/' << c.down;
  }
}

TEST(Session, IsAsNewWhenCleared) {
  Session session;
  session.start = session.end = Timestamp{Duration(1)};
  session.client = session.server = endpoint("10.0.0.1", 1);
  session.vlan = 1;
  session.kind = Kind::kSsl;
  for (std::string* text :
       {&session.client_forwarded, &session.destination, &session.user_agent, &session.via, &session.host,
        &session.upgrade, &session.sni, &session.tls_version, &session.cipher_suites, &session.ja3,
        &session.ja4, &session.ja4_r, &session.ja3s, &session.cert_subject, &session.cert_issuer}) {
    *text = std::string(100, 'x');
  }
  session.methods = {{"GET", 1}};
  session.status = {200};
  session.alpn = {"h2"};
  session.lengths = {{Direction::kUp, 1, 2}};
  session.user_agent_seen = session.ech_outer = session.truncated = session.has_interval = true;
  session.urls_count = session.connect_anomalies = 1;
  session.inner = protocol::Inner::kTls;
  session.exchanges = session.packets = session.bytes = {1, 1};
  session.gaps_bytes = 1;
  session.interval_median_s = session.interval_mad_s = 1;
  session.messages = {{Direction::kUp, 1, 1, 0, 1}};
  session.message_bytes = "x";
  session.turns = 1;
  session.small_messages = {1, 1};
  session.longest_silence_s = 1;
  session.http.requests = 1;
  session.http.has_endless_body = {true, true};
  session.http.content_type = "text/html";
  session.clear();
  EXPECT_EQ(session, Session());
  EXPECT_GE(session.destination.capacity(), 100u) << "the memory is kept";
}

TEST(Session, ShowsTheBytesOfAMessage) {
  Session session;
  session.message_bytes = "abcdef";
  EXPECT_EQ(session.bytes_of({Direction::kUp, 9, 0, 2, 3}), "cde");
  EXPECT_EQ(session.bytes_of({Direction::kUp, 9, 0, 6, 0}), "");
}

TEST(Names, AreThoseOfTheInterface) {
  EXPECT_EQ(name_of(Kind::kGetPost), "get-post");
  EXPECT_EQ(name_of(Kind::kWebSocket), "websocket");
  EXPECT_EQ(name_of(ConnectAnomaly::kEarlyServerData), "early-server-data");
}

}  // namespace
}  // namespace mogura::session
