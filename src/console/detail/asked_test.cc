#include "console/detail/asked.h"

#include <gtest/gtest.h>

#include <optional>

namespace mogura::console::detail {
namespace {

const Address kLocal = Address::v4(0x7F000001);

struct Outcome {
  std::optional<Asked> asked{};
  Refusal refusal{.status = 0, .code = {}, .message = {}};
};

// `lines`: with LF alone, for reading; the empty one is added.
Outcome admit_text(std::string lines, const Site& site = {}, const Address& local = kLocal) {
  std::string text;
  for (const char c : lines) {
    if (c == '\n') text += '\r';
    text += c;
  }
  text += "\r\n";
  protocol::RequestHead head;
  const protocol::HeadStep step = head.parse(text);
  EXPECT_EQ(step.kind, protocol::HeadStep::Kind::kDone) << text;
  std::variant<Asked, Refusal> admitted = admit(head, site, local);
  if (auto* refusal = std::get_if<Refusal>(&admitted)) return {.refusal = *refusal};
  return {.asked = std::get<Asked>(admitted)};
}

TEST(Asked, TakesOverWhatIsNeeded) {
  const std::string id(64, 'b');
  const Outcome outcome = admit_text(
      "POST /api/x%20y?a=b HTTP/1.1\nHost: localhost:8470\nContent-Length: 7\nX-CSRF-Token: t\n"
      "Cookie: mogura_session=" +
      id + "\nLast-Event-ID: 12\nIf-None-Match: \"e\"\nExpect: 100-continue\n");
  ASSERT_TRUE(outcome.asked);
  const Asked& asked = *outcome.asked;
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.path, "/api/x y");
  EXPECT_EQ(asked.query, (std::vector<Field>{{"a", "b"}}));
  EXPECT_EQ(asked.sessions, std::vector<std::string>{id});
  EXPECT_EQ(asked.csrf, "t");
  EXPECT_EQ(asked.last_event, "12");
  EXPECT_EQ(asked.none_match, "\"e\"");
  EXPECT_EQ(asked.body_bytes, 7U);
  EXPECT_TRUE(asked.keeps_alive && asked.expects_continue && asked.changes_something() && asked.is_api());
}

TEST(Asked, HeadIsGetWithoutABody) {
  const Outcome outcome = admit_text("HEAD / HTTP/1.1\nHost: localhost\n");
  ASSERT_TRUE(outcome.asked);
  EXPECT_EQ(outcome.asked->method, "GET");
  EXPECT_TRUE(outcome.asked->is_head);
  EXPECT_FALSE(outcome.asked->changes_something());
}

TEST(Asked, OldClientsDoNotKeepTheirConnection) {
  EXPECT_FALSE(admit_text("GET / HTTP/1.0\nHost: localhost\nConnection: keep-alive\n").asked->keeps_alive);
  EXPECT_FALSE(admit_text("GET / HTTP/1.1\nHost: localhost\nConnection: close\n").asked->keeps_alive);
}

TEST(Asked, UnderTlsOnlyTheHostCookieCounts) {
  const std::string id(64, 'b');
  const std::string head = "GET / HTTP/1.1\nHost: localhost\nCookie: ";
  const Site secure{.has_tls = true};
  EXPECT_EQ(admit_text(head + "__Host-mogura_session=" + id + "\n", secure).asked->sessions.size(), 1U);
  EXPECT_EQ(admit_text(head + "mogura_session=" + id + "\n", secure).asked->sessions.size(), 0U);
}

TEST(Asked, TheHostMustBeOneOfOurs) {
  const Site site{.hosts = {"console.example", "192.0.2.7", "[2001:db8::1]"}};
  struct Case {
    const char* host;
    bool is_taken;
    const char* why;
  };
  const Case cases[] = {
      {"localhost", true, "by name"},
      {"LocalHost:9000", true, "in other letters, through a tunnel with another port"},
      {"127.0.0.1:8470", true, "by address"},
      {"console.example", true, "as it was given"},
      {"console.example.", true, "with the root's dot"},
      {"192.0.2.7", true, "an address that was given"},
      {"[2001:db8:0::1]:8470", true, "an address that was given, written differently"},
      {"evil.example", false, "another name: DNS rebinding"},
      {"localhost.evil.example", false, "begins like ours"},
      {"evil-localhost", false, "ends like ours"},
      {"127.0.0.2", false, "another address"},
      {"127.1", false, "another way to write it"},
      {"2130706433", false, "and another"},
      {"[::1]", false, "it came to another address"},
  };
  for (const Case& each : cases) {
    const Outcome outcome = admit_text(std::string("GET / HTTP/1.1\nHost: ") + each.host + "\n", site);
    EXPECT_EQ(outcome.asked.has_value(), each.is_taken) << each.why;
    EXPECT_EQ(outcome.refusal.status, each.is_taken ? 0U : 421U) << each.why;
  }
  EXPECT_TRUE(admit_text("GET / HTTP/1.1\nHost: [::1]:8470\n", site, *Address::parse("::1")).asked);
}

TEST(Asked, AnAbsoluteTargetIsWhatCounts) {
  EXPECT_TRUE(admit_text("GET http://localhost/a HTTP/1.1\nHost: localhost\n").asked);
  EXPECT_EQ(admit_text("GET http://evil.example/ HTTP/1.1\nHost: localhost\n").refusal.status, 421U);
  EXPECT_EQ(admit_text("GET ftp://localhost/ HTTP/1.1\nHost: localhost\n").refusal.status, 421U);
}

TEST(Asked, RefusesOtherMethods) {
  for (const char* method : {"PUT", "TRACE", "OPTIONS", "PATCH", "PROPFIND"}) {
    const Outcome outcome = admit_text(std::string(method) + " / HTTP/1.1\nHost: localhost\n");
    EXPECT_EQ(outcome.refusal.status, 405U) << method;
    EXPECT_EQ(outcome.refusal.code, "method");
  }
  EXPECT_EQ(admit_text("CONNECT localhost:80 HTTP/1.1\nHost: localhost:80\n").refusal.status, 405U);
  EXPECT_EQ(admit_text("OPTIONS * HTTP/1.1\nHost: localhost\n").refusal.status, 405U);
}

TEST(Asked, RefusesBodiesThatItCannotOrNeedNotRead) {
  const std::string most = std::to_string(Request::kBodyBytes);
  const std::string beyond = std::to_string(Request::kBodyBytes + 1);
  struct Case {
    std::string lines;
    unsigned status;
  };
  const Case cases[] = {
      {"POST /api/a HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n", 411},
      {"POST /api/a HTTP/1.1\nHost: localhost\nContent-Length: " + beyond + "\n", 413},
      {"POST /api/a HTTP/1.1\nHost: localhost\nContent-Length: " + most + "\n", 0},
      {"DELETE /api/a HTTP/1.1\nHost: localhost\nContent-Length: 1\n", 0},
      {"GET /api/a HTTP/1.1\nHost: localhost\nContent-Length: 1\n", 400},
      {"HEAD /api/a HTTP/1.1\nHost: localhost\nContent-Length: 1\n", 400},
      {"GET /api/a HTTP/1.1\nHost: localhost\nContent-Length: 0\n", 0},
      {"POST /api/a HTTP/1.1\nHost: localhost\n", 0},
  };
  for (const Case& each : cases) EXPECT_EQ(admit_text(each.lines).refusal.status, each.status) << each.lines;
}

TEST(Asked, RefusesTargetsThatAreNotWrittenPlainly) {
  EXPECT_EQ(admit_text("GET /%2e%2e/etc/passwd HTTP/1.1\nHost: localhost\n").refusal.status, 400U);
  EXPECT_EQ(admit_text("GET /a/../../etc/passwd HTTP/1.1\nHost: localhost\n").refusal.status, 400U);
  EXPECT_EQ(admit_text("GET /?a=%00 HTTP/1.1\nHost: localhost\n").refusal.status, 400U);
}

struct OriginCase {
  const char* field;
  bool may_ask, may_change;
  const char* why;
};

TEST(Asked, OtherSitesMayDoNothing) {
  const OriginCase cases[] = {
      {"", true, true, "a program, no browser"},
      {"Origin: http://localhost:8470\n", true, true, "our own page"},
      {"Origin: https://localhost:8470\n", true, true, "our own, with TLS in front of us"},
      {"Origin: http://localhost\n", false, false, "another port"},
      {"Origin: http://localhost:8471\n", false, false, "another port"},
      {"Origin: http://127.0.0.1:8470\n", false, false, "another name for us: not what was asked for"},
      {"Origin: http://evil.example\n", false, false, "another site"},
      {"Origin: http://localhost:8470.evil.example\n", false, false, "begins like ours"},
      {"Origin: http://user@localhost:8470\n", false, false, "no origin"},
      {"Origin: http://localhost:8470/\n", false, false, "no origin"},
      {"Origin: null\n", false, false, "a sandbox, or a file"},
      {"Origin: \n", false, false, "empty"},
      {"Origin: file://localhost:8470\n", false, false, "another scheme"},
      {"Origin: http://localhost:8470\nOrigin: http://evil.example\n", false, false, "two"},
      {"Sec-Fetch-Site: same-origin\n", true, true, "our own page"},
      {"Sec-Fetch-Site: none\n", true, false, "typed, or a bookmark"},
      {"Sec-Fetch-Site: same-site\n", false, false, "another port or a neighbour"},
      {"Sec-Fetch-Site: cross-site\n", false, false, "another site"},
      {"Sec-Fetch-Site: cross-site\nOrigin: http://localhost:8470\n", false, false, "one of them says so"},
  };
  for (const OriginCase& each : cases) {
    const std::string rest = std::string(" HTTP/1.1\nHost: localhost:8470\n") + each.field;
    const Outcome question = admit_text("GET /api/findings" + rest);
    const Outcome action = admit_text("POST /api/findings" + rest);
    EXPECT_EQ(question.asked.has_value(), each.may_ask) << each.why;
    EXPECT_EQ(action.asked.has_value(), each.may_change) << each.why;
    EXPECT_EQ(action.refusal.code, each.may_change ? "" : "origin") << each.why;
    EXPECT_TRUE(admit_text("GET /findings" + rest).asked) << "pages may be linked to";
  }
}

TEST(Asked, UnderTlsOriginsWithoutItAreOthers) {
  const Site secure{.has_tls = true, .hosts = {"console.example"}};
  const std::string head = "POST /api/a HTTP/1.1\nHost: console.example\nOrigin: ";
  EXPECT_TRUE(admit_text(head + "https://console.example\n", secure).asked);
  EXPECT_TRUE(admit_text(head + "https://console.example:443\n", secure).asked) << "the port it has anyway";
  EXPECT_FALSE(admit_text(head + "http://console.example\n", secure).asked);
}

}  // namespace
}  // namespace mogura::console::detail
