#include "logs/detail/open_sessions.h"

#include <gtest/gtest.h>

namespace mogura::logs::detail {
namespace {

using protocol::Inner;
using session::Kind;
using session::Session;

Timestamp second(int n) {
  return Timestamp(std::chrono::seconds(1'700'000'000 + n));
}

RecordHead head(std::string_view key, int at = 0) {
  return {key, second(at), {*Address::parse("10.0.0.1"), 50000}, {*Address::parse("192.0.2.1"), 8080}};
}

// Puts records together; the sessions that come out.
struct Assembly {
  explicit Assembly(std::size_t most = 100)
      : open(Limits{}, most, [this](const Session& session) { sessions.push_back(session); }) {}

  // The only session, at the end.
  const Session& only() {
    open.finish();
    EXPECT_EQ(sessions.size(), 1u);
    sessions.resize(1);
    return sessions.front();
  }

  std::vector<Session> sessions;
  OpenSessions open;
};

HttpRecord request(std::string_view method, std::string_view host, std::string_view target,
                   std::uint16_t status) {
  HttpRecord record;
  record.method = method;
  record.host = host;
  record.target = target;
  record.status = status;
  return record;
}

ConnectionRecord connection(std::string_view protocols, std::uint64_t up, std::uint64_t down) {
  ConnectionRecord record;
  record.end = second(60);
  record.payload_bytes = {up, down};
  record.bytes = {up + 400, down + 400};
  record.packets = {10, 10};
  record.has_payload = up + down != 0;
  record.protocols = protocols;
  return record;
}

TEST(OpenSessions, JoinRequestsOfOneConnection) {
  Assembly assembly;
  HttpRecord first = request("GET", "a.example", "/one?x=1", 200);
  first.user_agent = "agent/1";
  first.has_referer = true;
  first.body_bytes = {0, 100};
  HttpRecord second_request = request("POST", "a.example", "/two", 404);
  second_request.user_agent = "agent/2";
  second_request.body_bytes = {50, 10};
  assembly.open.add(head("C1", 1), first);
  assembly.open.add(head("C1", 5), second_request);
  assembly.open.add(head("C1", 3), request("GET", "a.example", "/one?x=1", 0));
  const Session& session = assembly.only();
  EXPECT_EQ(session.kind, Kind::kGetPost);
  EXPECT_EQ(session.destination, "a.example:8080");
  EXPECT_EQ(session.methods, (decltype(session.methods){{"GET", 2}, {"POST", 1}}));
  EXPECT_EQ(session.status, (std::vector<std::uint16_t>{200, 404}));
  EXPECT_EQ(session.user_agent, "agent/1");
  EXPECT_EQ(session.urls_count, 2u);
  EXPECT_EQ(session.http.requests, 3u);
  EXPECT_EQ(session.http.with_referer, 1u);
  EXPECT_EQ(session.http.with_body, 1u);
  EXPECT_EQ(session.http.body_bytes, (std::array<std::uint64_t, 2>{50, 110}));
  EXPECT_EQ(session.bytes, (std::array<std::uint64_t, 2>{50, 110}));
  EXPECT_GT(session.http.target_entropy_bits, 2.0);
  EXPECT_EQ(session.start, second(1));
  EXPECT_EQ(session.end, second(5));
}

TEST(OpenSessions, TakeTheHostOfAProxyRequestFromItsUrl) {
  Assembly assembly;
  assembly.open.add(head("C1"), request("GET", "b.example", "http://A.example/x", 200));
  EXPECT_EQ(assembly.only().destination, "a.example:80");
}

TEST(OpenSessions, TellWhatATunnelHolds) {
  struct {
    std::uint16_t status;
    bool has_hello;
    const char* protocols;
    std::uint64_t up, down;
    Kind kind;
    Inner inner;
    const char* why;
  } const cases[] = {
      {200, true, "http,ssl", 1000, 20000, Kind::kSsl, Inner::kTls, "TLS, with its record"},
      {200, false, "http,ssl", 1000, 20000, Kind::kSsl, Inner::kTls, "TLS, by the connection's"},
      {200, false, "http,ssh", 1000, 20000, Kind::kConnect, Inner::kSsh, "SSH"},
      {200, false, "spicy_openvpn_tcp,http", 1, 2, Kind::kConnect, Inner::kOpenVpn, "OpenVPN"},
      {200, false, "http", 300, 200, Kind::kConnect, Inner::kNone, "no more than the dialogue"},
      {200, false, "http", 300, 20000, Kind::kConnect, Inner::kUnknown, "more than the dialogue"},
      {407, false, "http", 300, 20000, Kind::kConnect, Inner::kNone, "refused, with a long page"},
      {200, false, "http,-ssl", 300, 200, Kind::kConnect, Inner::kNone, "a protocol that was violated"},
  };
  for (const auto& c : cases) {
    Assembly assembly;
    assembly.open.add(head("C1"), request("CONNECT", "a.example", "a.example:443", c.status));
    TlsRecord hello;
    hello.sni = "A.example";
    if (c.has_hello) assembly.open.add(head("C1"), hello);
    assembly.open.add(head("C1"), connection(c.protocols, c.up, c.down));
    const Session& session = assembly.only();
    EXPECT_EQ(session.kind, c.kind) << c.why;
    EXPECT_EQ(session.inner, c.inner) << c.why;
    EXPECT_EQ(session.destination, "a.example:443") << c.why;
    if (c.has_hello) {
      EXPECT_EQ(session.sni, "a.example");
    }
  }
}

TEST(OpenSessions, SeeRequestsInsideATunnelAndAnUpgrade) {
  Assembly plain;
  plain.open.add(head("C1", 0), request("CONNECT", "a.example", "a.example:80", 200));
  plain.open.add(head("C1", 1), request("GET", "a.example", "/", 200));
  EXPECT_EQ(plain.only().inner, Inner::kHttp);
  Assembly upgraded;
  upgraded.open.add(head("C1", 0), request("CONNECT", "a.example", "a.example:80", 200));
  upgraded.open.add(head("C1", 1), request("GET", "a.example", "/", 101));
  EXPECT_EQ(upgraded.only().kind, Kind::kWebSocket);
  Assembly bare;
  bare.open.add(head("C1", 0), request("GET", "a.example", "/", 101));
  EXPECT_EQ(bare.only().kind, Kind::kWebSocket);
}

TEST(OpenSessions, NameConnectionsWithoutRequestsByServerNameOrAddress) {
  struct {
    const char* sni;
    bool has_hello;
    std::uint64_t bytes;
    const char* destination;
    Inner inner;
    const char* why;
  } const cases[] = {
      {"a.example", true, 100, "a.example:8080", Inner::kTls, "a server name"},
      {"", true, 100, "192.0.2.1:8080", Inner::kTls, "no server name"},
      {"", false, 100, "192.0.2.1:8080", Inner::kUnknown, "bytes"},
      {"", false, 0, "", Inner::kNone, "nothing sent"},
  };
  for (const auto& c : cases) {
    Assembly assembly;
    TlsRecord hello;
    hello.sni = c.sni;
    if (c.has_hello) assembly.open.add(head("C1"), hello);
    assembly.open.add(head("C1"), connection("", c.bytes, 0));
    EXPECT_EQ(assembly.only().kind, Kind::kOther) << c.why;
    EXPECT_EQ(assembly.only().destination, c.destination) << c.why;
    EXPECT_EQ(assembly.only().inner, c.inner) << c.why;
  }
}

TEST(OpenSessions, DoNotDependOnTheOrderOfRecords) {
  const HttpRecord connect = request("CONNECT", "a.example", "a.example:443", 200);
  TlsRecord hello;
  hello.sni = "a.example";
  hello.version = "TLS 1.3";
  const ConnectionRecord end = connection("http,ssl", 1000, 2000);
  std::vector<int> order{0, 1, 2};
  std::vector<Session> sessions;
  do {
    Assembly assembly;
    for (const int record : order) {
      if (record == 0) assembly.open.add(head("C1", 1), connect);
      if (record == 1) assembly.open.add(head("C1", 2), hello);
      if (record == 2) assembly.open.add(head("C1", 0), end);
    }
    sessions.push_back(assembly.only());
  } while (std::next_permutation(order.begin(), order.end()));
  for (const Session& session : sessions) EXPECT_EQ(session, sessions.front());
  EXPECT_EQ(sessions.front().start, second(0));
  EXPECT_EQ(sessions.front().end, second(60));
}

TEST(OpenSessions, HandOutThoseWhoseEndIsKnownFirst) {
  Assembly assembly(2);
  assembly.open.add(head("long"), request("GET", "long.example", "/", 200));
  for (const char* key : {"a", "b", "c"}) assembly.open.add(head(key), connection("", 1, 1));
  EXPECT_EQ(assembly.sessions.size(), 2u);
  EXPECT_EQ(assembly.open.handed_out_early(), 0u);
  assembly.open.add(head("long"), connection("http", 1, 1));
  assembly.open.finish();
  EXPECT_EQ(assembly.sessions.size(), 4u);
  EXPECT_EQ(assembly.sessions.back().destination, "long.example:8080");
}

TEST(OpenSessions, HoldNoMoreThanTheirLimit) {
  for (const std::size_t keys : {9u, 10u, 11u}) {
    Assembly assembly(10);
    for (std::size_t i = 0; i < keys; ++i) {
      assembly.open.add(head("C" + std::to_string(i)), request("GET", "a.example", "/", 200));
    }
    EXPECT_EQ(assembly.open.handed_out_early(), keys == 11 ? 1u : 0u);
    EXPECT_EQ(assembly.sessions.size(), keys == 11 ? 1u : 0u);
    assembly.open.finish();
    EXPECT_EQ(assembly.sessions.size(), keys);
  }
}

TEST(OpenSessions, CountNoMoreThanTheLimitsOfASession) {
  Assembly assembly;
  const Limits limits;
  for (std::size_t i = 0; i < limits.urls + 10; ++i) {
    const std::string name = "M" + std::to_string(i % 20);
    assembly.open.add(head("C1"), request(name, "a.example", "/" + std::to_string(i), 200));
  }
  const Session& session = assembly.only();
  EXPECT_EQ(session.urls_count, limits.urls);
  EXPECT_EQ(session.status.size(), limits.status_codes);
  EXPECT_EQ(session.methods.size(), limits.methods + 1);
  EXPECT_EQ(session.methods.back().first, "other");
}

TEST(OpenSessions, TakeTheFirstHelloOfAConnection) {
  Assembly assembly;
  TlsRecord outer;
  outer.sni = "outer.example";
  outer.alpn = "h2,http/1.1";
  outer.cipher_suites = "1301";
  TlsRecord inner;
  inner.sni = "inner.example";
  assembly.open.add(head("C1"), outer);
  assembly.open.add(head("C1"), inner);
  const Session& session = assembly.only();
  EXPECT_EQ(session.sni, "outer.example");
  EXPECT_EQ(session.alpn, (std::vector<std::string>{"h2", "http/1.1"}));
}

TEST(OpenSessions, TakeTheAgentOfTheConnect) {
  Assembly assembly;
  HttpRecord get = request("GET", "a.example", "http://a.example/", 407);
  get.user_agent = "first";
  HttpRecord connect = request("CONNECT", "b.example", "b.example:443", 200);
  connect.user_agent = "of the CONNECT";
  assembly.open.add(head("C1"), get);
  assembly.open.add(head("C1"), connect);
  EXPECT_EQ(assembly.only().user_agent, "of the CONNECT");
}

}  // namespace
}  // namespace mogura::logs::detail
