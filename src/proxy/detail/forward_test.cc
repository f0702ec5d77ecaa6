#include "proxy/detail/forward.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace mogura::proxy::detail {
namespace {

using challenge::Secret;
using challenge::Tokens;
using protocol::HeadStep;
using protocol::RequestHead;
using protocol::ResponseHead;

constexpr std::string_view kVia = "Via: 1.1 px (px 3f2a)\r\n";

ForwardOptions options() {
  ForwardOptions chosen;
  chosen.via_name = "px";
  chosen.loop_mark = "(px 3f2a)";
  return chosen;
}

std::string forwarded(std::string_view request, const ForwardOptions& chosen = options(),
                      bool keep_alive = true) {
  RequestHead head;
  if (head.parse(request).kind != HeadStep::Kind::kDone) return "not a head";
  std::string out;
  forward_request(head, chosen, keep_alive, out);
  return out;
}

std::string answered(std::string_view response, const ForwardResponseOptions& chosen,
                     std::string_view method = "GET") {
  ResponseHead head;
  if (head.parse(response, method).kind != HeadStep::Kind::kDone) return "not a head";
  std::string out;
  forward_response(head, chosen, out);
  return out;
}

TEST(ForwardRequest, KeepsOrderCaseAndWhiteSpace) {
  EXPECT_EQ(forwarded("GET http://a.example/x?y HTTP/1.1\r\nhOST:a.example\r\nX-b:  1 \r\nx-A: 2\r\n\r\n"),
            "GET /x?y HTTP/1.1\r\nhOST:a.example\r\nX-b:  1 \r\nx-A: 2\r\n" + std::string(kVia) + "\r\n");
}

TEST(ForwardRequest, WritesTheTargetTheNextOneNeeds) {
  const struct {
    std::string_view line, to_origin, to_parent;
  } cases[] = {
      {"GET /a HTTP/1.1", "GET /a HTTP/1.1", "GET http://h:81/a HTTP/1.1"},
      {"GET http://h:81/a HTTP/1.0", "GET /a HTTP/1.1", "GET http://h:81/a HTTP/1.1"},
      {"GET http://h:81 HTTP/1.1", "GET / HTTP/1.1", "GET http://h:81 HTTP/1.1"},
      {"GET http://h:81?q HTTP/1.1", "GET /?q HTTP/1.1", "GET http://h:81?q HTTP/1.1"},
      {"OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1", "OPTIONS http://h:81 HTTP/1.1"},
      {"OPTIONS http://h:81 HTTP/1.1", "OPTIONS * HTTP/1.1", "OPTIONS http://h:81 HTTP/1.1"},
      {"BREW /a HTTP/1.1", "BREW /a HTTP/1.1", "BREW http://h:81/a HTTP/1.1"},
  };
  for (const auto& one : cases) {
    const std::string request = std::string(one.line) + "\r\nHost: h:81\r\n\r\n";
    EXPECT_TRUE(forwarded(request).starts_with(std::string(one.to_origin) + "\r\nHost: h:81\r\n"))
        << one.line;
    auto chosen = options();
    chosen.to_parent = true;
    EXPECT_TRUE(forwarded(request, chosen).starts_with(std::string(one.to_parent) + "\r\nHost: h:81\r\n"))
        << one.line;
  }
}

TEST(ForwardRequest, PassesTheStartLineOfConnectToAParent) {
  auto chosen = options();
  chosen.to_parent = true;
  EXPECT_TRUE(forwarded("CONNECT h:443 HTTP/1.0\r\n\r\n", chosen)
                  .starts_with("CONNECT h:443 HTTP/1.0\r\nHost: h:443\r\n"));
}

TEST(ForwardRequest, MakesHostAgreeWithTheTarget) {
  const struct {
    std::string_view target, host, written, why;
  } cases[] = {
      {"http://a.example/", "A.example", "A.example", "the same name"},
      {"http://a.example:80/", "a.example", "a.example", "the port that goes without saying"},
      {"http://a.example/", "a.example:80", "a.example:80", "the same the other way round"},
      {"http://a.example/", "b.example", "a.example", "another name"},
      {"http://a.example:81/", "a.example", "a.example:81", "another port"},
      {"http://a.example/", "a.example:81", "a.example", "another port"},
      {"http://[::1]:81/", "a.example", "[::1]:81", "an address"},
  };
  for (const auto& one : cases) {
    const std::string request = "GET " + std::string(one.target) +
                                " HTTP/1.1\r\nX-A: 1\r\nHost: " + std::string(one.host) + "\r\n\r\n";
    EXPECT_EQ(forwarded(request), "GET / HTTP/1.1\r\nX-A: 1\r\nHost: " + std::string(one.written) + "\r\n" +
                                      std::string(kVia) + "\r\n")
        << one.why;
  }
  EXPECT_TRUE(forwarded("GET http://a:81/ HTTP/1.0\r\nX: 1\r\n\r\n")
                  .starts_with("GET / HTTP/1.1\r\nHost: a:81\r\nX: 1\r\n"));
}

TEST(ForwardRequest, LeavesOutWhatIsForThisHopOnly) {
  EXPECT_EQ(
      forwarded(
          "POST / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-hop, Host, Content-Length\r\nX-Hop: 1\r\n"
          "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n"
          "Upgrade: h2c\r\nTE: gzip\r\nContent-Length: 2\r\nX-End: 1\r\n\r\n"),
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nX-End: 1\r\n" + std::string(kVia) + "\r\n");
}

TEST(ForwardRequest, WritesConnectionAnew) {
  const struct {
    std::string_view fields;
    bool keep_alive;
    std::string_view end;
  } cases[] = {
      {"Connection: close\r\n", true, ""},
      {"", false, "Connection: close\r\n"},
      {"TE: trailers, deflate\r\nConnection: TE\r\n", true, "TE: trailers\r\nConnection: TE\r\n"},
      {"TE: trailers\r\n", false, "TE: trailers\r\nConnection: TE, close\r\n"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(forwarded("GET / HTTP/1.1\r\nHost: h\r\n" + std::string(one.fields) + "\r\n", options(),
                        one.keep_alive),
              "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(kVia) + std::string(one.end) + "\r\n")
        << one.fields;
  }
}

TEST(ForwardRequest, PassesAnUpgrade) {
  EXPECT_EQ(
      forwarded(
          "GET /w HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"),
      "GET /w HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" + std::string(kVia) +
          "Connection: Upgrade\r\n\r\n");
}

TEST(ForwardRequest, PassesCredentialsOnlyToAParentThatAsksForThem) {
  const std::string request = "GET http://h/ HTTP/1.1\r\nHost: h\r\nProxy-Authorization: Basic eDp5\r\n\r\n";
  auto chosen = options();
  chosen.keeps_proxy_authorization = true;
  EXPECT_EQ(forwarded(request, chosen).find("Basic"), std::string::npos);
  chosen.to_parent = true;
  EXPECT_NE(forwarded(request, chosen).find("Proxy-Authorization: Basic eDp5\r\n"), std::string::npos);
  chosen.keeps_proxy_authorization = false;
  EXPECT_EQ(forwarded(request, chosen).find("Basic"), std::string::npos);
}

TEST(ForwardRequest, AppendsTheClientToTheLastForwardedFor) {
  auto chosen = options();
  chosen.forwarded_for = "192.0.2.7";
  EXPECT_NE(forwarded("GET / HTTP/1.1\r\nHost: h\r\n\r\n", chosen).find("\r\nX-Forwarded-For: 192.0.2.7\r\n"),
            std::string::npos);
  EXPECT_NE(forwarded("GET / HTTP/1.1\r\nHost: h\r\nx-forwarded-for: a\r\nX-Forwarded-For: b\r\n\r\n", chosen)
                .find("\r\nx-forwarded-for: a\r\nX-Forwarded-For: b, 192.0.2.7\r\n"),
            std::string::npos);
}

TEST(ForwardRequest, LeavesOutTheExpectOfAnHttp10Client) {
  EXPECT_EQ(forwarded("PUT http://h/ HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\n\r\n").find("Expect"),
            std::string::npos);
  EXPECT_NE(forwarded("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n").find("Expect"),
            std::string::npos);
}

struct Jar {
  Secret secret{std::array<std::uint8_t, Secret::kBytes>{1, 2, 3}};
  Tokens tokens{secret, std::chrono::hours(24)};
  challenge::Gate gate{{}, secret, nullptr};
  std::string value = tokens.issue(Address::v4(0x7F000001), "h", Timestamp{});
  std::string ours = gate.cookies().name() + "=" + value;
};

TEST(ForwardRequest, TakesOurCookiesOutAndLeavesTheRestAsItIs) {
  const Jar jar;
  auto chosen = options();
  chosen.strips = &jar.gate;
  const struct {
    std::string sent, kept;
  } cases[] = {
      {"Cookie:  a=b;c \r\n", "Cookie:  a=b;c \r\n"},
      {"cookie:  a=b; " + jar.ours + " \r\n", "cookie:  a=b \r\n"},
      {"Cookie: " + jar.ours + "\r\n", ""},
      {"If-None-Match: \"a\", W/\"" + jar.value + "\" \r\n", "If-None-Match: \"a\" \r\n"},
      {"If-None-Match: W/\"" + jar.value + "\"\r\n", ""},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(forwarded("GET / HTTP/1.1\r\nHost: h\r\n" + one.sent + "\r\n", chosen),
              "GET / HTTP/1.1\r\nHost: h\r\n" + one.kept + std::string(kVia) + "\r\n")
        << one.sent;
  }
}

TEST(ForwardRequest, CountsMaxForwardsDown) {
  const auto request = [](std::string_view method, std::string_view value) {
    return std::string(method) + " / HTTP/1.1\r\nHost: h\r\nMax-Forwards: " + std::string(value) + "\r\n\r\n";
  };
  EXPECT_NE(forwarded(request("TRACE", "10")).find("\r\nMax-Forwards: 9\r\n"), std::string::npos);
  EXPECT_NE(forwarded(request("OPTIONS", "1")).find("\r\nMax-Forwards: 0\r\n"), std::string::npos);
  EXPECT_NE(forwarded(request("GET", "10")).find("\r\nMax-Forwards: 10\r\n"), std::string::npos);
}

TEST(MaxForwards, IsAnsweredHereAtZero) {
  const struct {
    std::string_view method, fields;
    MaxForwards outcome;
  } cases[] = {
      {"TRACE", "Max-Forwards: 0\r\n", MaxForwards::kAnswerHere},
      {"OPTIONS", "Max-Forwards: 000\r\n", MaxForwards::kAnswerHere},
      {"GET", "Max-Forwards: 0\r\n", MaxForwards::kPass},
      {"TRACE", "", MaxForwards::kPass},
      {"TRACE", "Max-Forwards: 1\r\n", MaxForwards::kPass},
      {"TRACE", "Max-Forwards: x\r\n", MaxForwards::kMalformed},
      {"TRACE", "Max-Forwards: -1\r\n", MaxForwards::kMalformed},
      {"TRACE", "Max-Forwards:\r\n", MaxForwards::kMalformed},
      {"TRACE", "Max-Forwards: 1\r\nMax-Forwards: 0\r\n", MaxForwards::kMalformed},
      {"TRACE", "Max-Forwards: 99999999999999999999\r\n", MaxForwards::kMalformed},
  };
  for (const auto& one : cases) {
    RequestHead head;
    const std::string request =
        std::string(one.method) + " / HTTP/1.1\r\nHost: h\r\n" + std::string(one.fields) + "\r\n";
    ASSERT_EQ(head.parse(request).kind, HeadStep::Kind::kDone);
    EXPECT_EQ(max_forwards(head), one.outcome) << request;
  }
}

TEST(Loop, IsSeenByOurMarkOrByTheNumberOfProxies) {
  const auto loops = [](const std::string& via) {
    RequestHead head;
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n" + via + "\r\n";
    EXPECT_EQ(head.parse(request).kind, HeadStep::Kind::kDone);
    return is_loop(head, "(px 3f2a)");
  };
  const auto proxies = [](std::size_t count) {
    std::string via = "Via: 1.1 p";
    for (std::size_t i = 1; i < count; ++i) via += ", 1.1 p (a, b)";
    return via + "\r\n";
  };
  EXPECT_FALSE(loops(""));
  EXPECT_FALSE(loops("Via: 1.1 px (px 3f2b)\r\n"));
  EXPECT_TRUE(loops("Via: 1.1 a\r\nVia: 1.0 b, 1.1 px (px 3f2a)\r\n"));
  EXPECT_FALSE(loops(proxies(31)));
  EXPECT_TRUE(loops(proxies(32)));
  EXPECT_TRUE(loops(proxies(16) + proxies(16)));
}

TEST(ForwardResponse, PassesFieldsAndPutsOursBehindThem) {
  ForwardResponseOptions chosen;
  chosen.via_name = "px";
  chosen.insert = "Set-Cookie: x=y\r\n";
  EXPECT_EQ(
      answered("HTTP/1.0 404 Not  here \r\nserver: x\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\n",
               chosen),
      "HTTP/1.1 404 Not  here \r\nserver: x\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\nSet-Cookie: x=y\r\n"
      "Via: 1.0 px\r\n\r\n");
}

TEST(ForwardResponse, PutsInTheSpaceBehindTheStatus) {
  ForwardResponseOptions chosen;
  chosen.via_name = "px";
  EXPECT_TRUE(answered("HTTP/1.1 200\r\n\r\n", chosen).starts_with("HTTP/1.1 200 \r\n"));
  EXPECT_TRUE(answered("HTTP/1.1 200 \r\n\r\n", chosen).starts_with("HTTP/1.1 200 \r\n"));
}

TEST(ForwardResponse, LeavesOutWhatIsForThisHopOnly) {
  ForwardResponseOptions chosen;
  chosen.via_name = "px";
  EXPECT_EQ(
      answered(
          "HTTP/1.1 200 OK\r\nConnection: X-Hop, Set-Cookie\r\nx-hop: 1\r\nKeep-Alive: 5\r\nUpgrade: h2\r\n"
          "Proxy-Authenticate: Basic\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n",
          chosen),
      "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\nVia: 1.1 "
      "px\r\n\r\n");
}

TEST(ForwardResponse, SaysWhatBecomesOfTheConnection) {
  const struct {
    bool keep_alive;
    unsigned minor;
    std::string_view status, line;
  } cases[] = {
      {true, 1, "200 OK", ""},
      {false, 1, "200 OK", "Connection: close\r\n"},
      {true, 0, "200 OK", "Connection: keep-alive\r\n"},
      {false, 0, "200 OK", "Connection: close\r\n"},
      {false, 1, "103 Early Hints", ""},
  };
  for (const auto& one : cases) {
    ForwardResponseOptions chosen;
    chosen.via_name = "px";
    chosen.keep_alive = one.keep_alive;
    chosen.client_minor = one.minor;
    const std::string start = "HTTP/1.1 " + std::string(one.status) + "\r\n";
    EXPECT_EQ(answered(start + "Connection: keep-alive\r\n\r\n", chosen),
              start + "Via: 1.1 px\r\n" + std::string(one.line) + "\r\n");
  }
}

TEST(ForwardResponse, KeepsTheUpgradeOf101And426) {
  ForwardResponseOptions chosen;
  chosen.via_name = "px";
  EXPECT_EQ(answered("HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", chosen),
            "HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\nVia: 1.1 px\r\n\r\n");
  EXPECT_EQ(answered("HTTP/1.1 426 No\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", chosen),
            "HTTP/1.1 426 No\r\nUpgrade: websocket\r\nVia: 1.1 px\r\nConnection: Upgrade\r\n\r\n");
}

TEST(ForwardResponse, LeavesOutChunkedWhereItIsDropped) {
  ForwardResponseOptions chosen;
  chosen.via_name = "px";
  chosen.drops_chunked = true;
  chosen.keep_alive = false;
  EXPECT_EQ(answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chosen),
            "HTTP/1.1 200 OK\r\nVia: 1.1 px\r\nConnection: close\r\n\r\n");
}

TEST(ForwardResponse, PassesAParentsQuestionForCredentials) {
  const std::string response = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
  ForwardResponseOptions chosen;
  EXPECT_EQ(answered(response, chosen).find("Basic"), std::string::npos);
  chosen.keeps_proxy_authenticate = true;
  EXPECT_NE(answered(response, chosen).find("Proxy-Authenticate: Basic realm=\"x\"\r\n"), std::string::npos);
}

}  // namespace
}  // namespace mogura::proxy::detail
