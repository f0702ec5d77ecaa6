#include "logs/squid.h"

#include <gtest/gtest.h>

#include "session/entropy.h"

namespace mogura::logs {
namespace {

using session::Kind;
using session::Session;

Session session_of(std::string_view line, SquidFormat format = SquidFormat::kNative) {
  Session session;
  const Result<SquidOutcome> outcome = parse_squid_line(line, Limits{}, session);
  EXPECT_TRUE(outcome) << line;
  if (!outcome) return session;
  EXPECT_EQ(outcome->line, SquidLine::kSession);
  EXPECT_EQ(outcome->format, format);
  return session;
}

constexpr std::string_view kGet =
    "1546169125.919    208 10.1.2.3 TCP_MISS/200 18406 GET http://www.example.com/a?b=c - "
    "HIER_DIRECT/192.0.2.31 text/html";
constexpr std::string_view kConnect =
    "1546169125.919    208 10.1.2.3 TCP_TUNNEL/200 18406 CONNECT www.example.com:443 ann "
    "HIER_DIRECT/192.0.2.31 -";

TEST(SquidLine, OfARequestBecomesASession) {
  const Session session = session_of(kGet);
  EXPECT_EQ(to_rfc3339(session.start), "2018-12-30T11:25:25.711000Z");
  EXPECT_EQ(to_rfc3339(session.end), "2018-12-30T11:25:25.919000Z");
  EXPECT_EQ(session.client.to_string(), "10.1.2.3:0");
  EXPECT_EQ(session.server.to_string(), "192.0.2.31:80");
  EXPECT_EQ(session.kind, Kind::kGetPost);
  EXPECT_EQ(session.destination, "www.example.com:80");
  EXPECT_EQ(session.methods, (decltype(session.methods){{"GET", 1}}));
  EXPECT_EQ(session.status, std::vector<std::uint16_t>{200});
  EXPECT_FALSE(session.user_agent_seen);
  EXPECT_EQ(session.bytes[1], 18406u);
  EXPECT_EQ(session.http.requests, 0u) << "the format has no Referer";
  EXPECT_EQ(session.http.target_bytes_max, 28u);
  EXPECT_EQ(session.http.target_entropy_bits, session::entropy_bits("/a?b=c"));
  EXPECT_EQ(session.http.content_type, "text/html");
}

TEST(SquidLine, OfAConnectClaimsNothingAboutWhatWentThrough) {
  const Session session = session_of(kConnect);
  EXPECT_EQ(session.kind, Kind::kConnect);
  EXPECT_EQ(session.inner, protocol::Inner::kNone);
  EXPECT_EQ(session.destination, "www.example.com:443");
  EXPECT_EQ(session.exchanges, (std::array<std::uint64_t, 2>{}));
  EXPECT_EQ(session.bytes[1], 18406u);
  EXPECT_EQ(session.http.requests, 0u);
}

TEST(SquidLine, OfTheCommonFormatHasNoAgent) {
  const Session session = session_of(
      R"(2001:db8::1 - ann [30/Dec/2018:12:25:25 +0100] "GET http://www.example.com:8080/ HTTP/1.1" 404 - TCP_MISS:HIER_DIRECT)",
      SquidFormat::kCommon);
  EXPECT_EQ(session.client.address.to_string(), "2001:db8::1");
  EXPECT_EQ(to_rfc3339(session.end), "2018-12-30T11:25:25.000000Z");
  EXPECT_EQ(session.start, session.end);
  EXPECT_EQ(session.destination, "www.example.com:8080");
  EXPECT_EQ(session.status, std::vector<std::uint16_t>{404});
  EXPECT_EQ(session.bytes[1], 0u);
  EXPECT_FALSE(session.user_agent_seen);
}

TEST(SquidLine, OfTheCombinedFormatHasAgentAndReferer) {
  const std::string before =
      R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "CONNECT a.example:443 HTTP/1.1" 200 39 )";
  const Session tunnel =
      session_of(before + R"("-" "odd \"agent\"/1.0" TCP_TUNNEL:HIER_DIRECT)", SquidFormat::kCombined);
  EXPECT_EQ(tunnel.kind, Kind::kConnect);
  EXPECT_TRUE(tunnel.user_agent_seen);
  EXPECT_EQ(tunnel.user_agent, R"(odd "agent"/1.0)");
  EXPECT_FALSE(
      session_of(before + R"("-" "-" TCP_TUNNEL:HIER_DIRECT)", SquidFormat::kCombined).user_agent_seen);
  const Session request = session_of(
      R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/ HTTP/1.1" 200 39 "http://b.example/" "x" TCP_MISS:HIER_DIRECT)",
      SquidFormat::kCombined);
  EXPECT_EQ(request.http.with_referer, 1u);
}

TEST(SquidLine, WithoutARequestIsNoSession) {
  for (const std::string_view line : {
           "1546169125.919 0 10.1.2.3 NONE/400 3492 NONE error:invalid-request - HIER_NONE/- text/html",
           "1546169125.919 0 10.1.2.3 TAG_NONE_ABORTED/000 0 NONE error:transaction-end-before-headers - "
           "HIER_NONE/- -",
           "1546169125.919 0 10.1.2.3 UDP_MISS/000 60 ICP_QUERY http://www.example.com/ - HIER_NONE/- -",
           "1546169125.919 0 10.1.2.3 NONE/400 3492 GET / - HIER_NONE/- text/html",
       }) {
    Session session;
    const Result<SquidOutcome> outcome = parse_squid_line(line, Limits{}, session);
    ASSERT_TRUE(outcome) << line;
    EXPECT_EQ(outcome->line, SquidLine::kNoRequest) << line;
  }
}

TEST(SquidLine, TakesAClockSetBackAsNoTime) {
  const Session session =
      session_of("1546169125.919 -5 10.1.2.3 TCP_DENIED/407 100 CONNECT a.example:443 - HIER_NONE/- -");
  EXPECT_EQ(session.start, session.end);
  EXPECT_EQ(session.server, Endpoint{});
  EXPECT_EQ(session.status, std::vector<std::uint16_t>{407});
}

TEST(SquidLine, RefusesWhatIsNone) {
  struct {
    const char* line;
    const char* why;
  } const cases[] = {
      {"", "empty"},
      {"hello", "a word"},
      {"1546169125.919 208 proxy.example TCP_MISS/200 1 GET http://a.example/ - HIER_NONE/- -",
       "a client's name"},
      {"1546169125.919 208 10.1.2.3 TCP_MISS/200 1 GET /path - HIER_NONE/- -", "a URL without a host"},
      {"1546169125.919 208 10.1.2.3 TCP_MISS/200 99999999999999999999 GET http://a.example/ - H/- -",
       "huge bytes"},
      {"1546169125.919 99999999999 10.1.2.3 TCP_MISS/200 1 GET http://a.example/ - H/- -", "huge time"},
      {"1546169125.919 208 10.1.2.3 TCP_MISS/70000 1 GET http://a.example/ - H/- -", "huge status"},
      {"99999999999999.9 208 10.1.2.3 TCP_MISS/200 1 GET http://a.example/ - H/- -", "no such time"},
      {R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET /index.html HTTP/1.1" 200 39)",
       "a web server's log"},
      {R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/ HTTP/1.1 200 39)", "no end quote"},
      {R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/" 200 39 TCP_MISS:H and more)",
       "more"},
  };
  for (const auto& c : cases) {
    Session session;
    EXPECT_FALSE(parse_squid_line(c.line, Limits{}, session)) << c.why;
  }
}

TEST(SquidLine, SurvivesEveryTruncation) {
  const std::string combined =
      R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/ HTTP/1.1" 200 39 "-" "\"x" TCP_MISS:D)";
  for (const std::string_view line : {kGet, kConnect, std::string_view(combined)}) {
    for (std::size_t size = 0; size <= line.size(); ++size) {
      const std::vector<char> exact(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size));
      Session session;
      (void)parse_squid_line({exact.data(), exact.size()}, Limits{}, session);
    }
  }
}

TEST(SquidLine, CutsLongTexts) {
  const std::string agent(5000, 'a');
  const Session session = session_of(
      R"(10.1.2.3 - - [30/Dec/2018:11:25:25 +0000] "GET http://a.example/ HTTP/1.1" 200 39 "-" ")" + agent +
          "\" T:H",
      SquidFormat::kCombined);
  EXPECT_EQ(session.user_agent.size(), Limits{}.text_bytes);
}

}  // namespace
}  // namespace mogura::logs
