#include "challenge/gate.h"

#include <gtest/gtest.h>

#include "challenge/testing/playbook_test.h"

namespace mogura::challenge {
namespace {

using testing::field;
using testing::kOldExplorer;

constexpr std::string_view kHost = "www.site.test";
const Timestamp kNow{std::chrono::hours(480'000)};
const Client kClient{Address::v4(0x0A000001), 77};

struct Asked {
  explicit Asked(std::string head_text) : text(std::move(head_text)) {
    EXPECT_EQ(head.parse(text).kind, protocol::HeadStep::Kind::kDone) << text;
  }
  std::string text;
  protocol::RequestHead head;
};

std::string get(const std::string& fields, const std::string& method = "GET") {
  return testing::head_text(method, "http://www.site.test/p?q", kHost, fields);
}

class GateTest : public ::testing::Test {
 protected:
  Exchange& request(const std::string& text, Exchange& exchange, std::string_view host = kHost) {
    asked_ = std::make_unique<Asked>(text);
    gate_.on_request(asked_->head, host, kClient, kNow, exchange);
    return exchange;
  }
  std::string ours() const {
    return gate_.cookies().name() + "=" +
           Tokens(testing::test_secret(), std::chrono::seconds(86'400)).issue(kClient.address, kHost, kNow);
  }
  std::string respond(const std::string& text, Exchange& exchange) {
    protocol::ResponseHead head;
    EXPECT_EQ(head.parse(text, "GET").kind, protocol::HeadStep::Kind::kDone) << text;
    std::string line;
    return std::string(gate_.on_response(head, kNow, exchange, line));
  }

  Gate gate_{Policy{}, testing::test_secret(), nullptr};
  std::unique_ptr<Asked> asked_;
};

TEST_F(GateTest, AsksTheStoreWithWhatTheRequestSays) {
  Exchange exchange;
  request(get(field("User-Agent", kOldExplorer)), exchange);
  EXPECT_TRUE(exchange.asks_store);
  EXPECT_FALSE(exchange.strips);
  EXPECT_EQ(exchange.input.sign, Sign::kAbsent);
  EXPECT_EQ(exchange.input.time, kNow);
  EXPECT_EQ(exchange.input.connection, 77u);
  EXPECT_TRUE(exchange.input.claims_browser);
  EXPECT_FALSE(exchange.input.is_browser_like);
  EXPECT_EQ(exchange.user_agent, kOldExplorer);
  EXPECT_EQ(exchange.path, "/p?q");
  EXPECT_EQ(exchange.host, kHost);
}

TEST_F(GateTest, SomeRequestsCannotBeJudged) {
  const std::string socket = "Connection: Upgrade\r\nUpgrade: WebSocket\r\n";
  const std::string other_upgrade = "Connection: Upgrade\r\nUpgrade: h2c\r\n";
  const struct {
    std::string text;
    std::string_view host;
    Reason reason;
  } cases[] = {
      {"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", "a.test", Reason::kConnect},
      {get("", "OPTIONS"), kHost, Reason::kMethod},
      {get("", "PUT"), kHost, Reason::kMethod},
      {get(socket), kHost, Reason::kUpgrade},
      {get(other_upgrade), kHost, Reason::kNone},
      {get(""), "", Reason::kNoHost},
      {get("", "HEAD"), kHost, Reason::kNone},
      {get("", "POST"), kHost, Reason::kNone},
  };
  for (const auto& each : cases) {
    Exchange exchange;
    request(each.text, exchange, each.host);
    EXPECT_EQ(name_of(exchange.reason), name_of(each.reason)) << each.text;
    EXPECT_EQ(exchange.asks_store, each.reason == Reason::kNone) << each.text;
  }
}

TEST_F(GateTest, ReadsACookieOfRequestsThatAreNotJudged) {
  Exchange exchange;
  const std::string image = testing::browser_fields(testing::kChromium, false, "http://other.test/") +
                            field("Cookie", "a=1; " + ours());
  request(get(image), exchange);
  EXPECT_TRUE(exchange.asks_store);
  EXPECT_TRUE(exchange.strips);
  EXPECT_EQ(exchange.input.sign, Sign::kCurrent);
  EXPECT_EQ(exchange.reason, Reason::kNone);
}

TEST_F(GateTest, FindsOursInAnyCookieField) {
  Exchange exchange;
  request(get(field("Cookie", "a=1") + field("Cookie", ours())), exchange);
  EXPECT_TRUE(exchange.strips);
  EXPECT_EQ(exchange.input.sign, Sign::kCurrent);
}

TEST_F(GateTest, StripsAlsoWhereNothingIsJudged) {
  Exchange exchange;
  request(get(field("Cookie", ours()), "OPTIONS"), exchange);
  EXPECT_TRUE(exchange.strips);
  EXPECT_FALSE(exchange.asks_store);
}

TEST_F(GateTest, RemembersWhatTheLastRequestCost) {
  Exchange exchange;
  request(get(field("User-Agent", "a") + field("Cookie", ours())), exchange);
  const StateKey key = exchange.key;
  EXPECT_NE(exchange.memory.current, "");
  request(get(field("User-Agent", "a") + field("Cookie", ours())), exchange);
  EXPECT_EQ(exchange.key, key);
  EXPECT_EQ(exchange.input.sign, Sign::kCurrent);
}

TEST_F(GateTest, RemembersNothingOfAnotherClientHostOrUserAgent) {
  Exchange exchange;
  request(get(field("User-Agent", "a") + field("Cookie", ours())), exchange);
  const StateKey key = exchange.key;
  request(get(field("User-Agent", "b")), exchange);
  EXPECT_NE(exchange.key, key);
  request(get(field("User-Agent", "a") + field("Cookie", ours())), exchange, "other.test");
  EXPECT_NE(exchange.key, key);
  EXPECT_EQ(exchange.input.sign, Sign::kForeign);
  request(get(field("User-Agent", "a") + field("Cookie", ours())), exchange);
  EXPECT_EQ(exchange.key, key);
  EXPECT_EQ(exchange.input.sign, Sign::kCurrent);
}

TEST_F(GateTest, TellsUsersBehindOneAddressApart) {
  const Asked asked(get(""));
  Exchange exchange;
  gate_.on_request(asked.head, kHost, {kClient.address, 1, "alice"}, kNow, exchange);
  const StateKey key = exchange.key;
  gate_.on_request(asked.head, kHost, {kClient.address, 2, "bob"}, kNow, exchange);
  EXPECT_NE(exchange.key, key);
  gate_.on_request(asked.head, kHost, {kClient.address, 3, "alice"}, kNow, exchange);
  EXPECT_EQ(exchange.key, key);
}

TEST_F(GateTest, NothingOfTheLastRequestIsLeftInTheExchange) {
  Exchange exchange;
  request(get(""), exchange);
  Outcome outcome;
  outcome.action = Action::kIssue;
  gate_.on_state(outcome, exchange);
  EXPECT_NE(respond("HTTP/1.1 200 OK\r\n\r\n", exchange), "");
  request(get("", "OPTIONS"), exchange);
  EXPECT_FALSE(exchange.inserted);
  EXPECT_FALSE(exchange.has_outcome);
  EXPECT_FALSE(exchange.asks_store);
  EXPECT_EQ(respond("HTTP/1.1 200 OK\r\n\r\n", exchange), "");
  EXPECT_FALSE(gate_.on_inserted(exchange, kNow));
  EXPECT_FALSE(gate_.on_delivered(exchange, kNow));
}

TEST_F(GateTest, InsertsTheCookieOfNow) {
  Exchange exchange;
  request(get(""), exchange);
  Outcome outcome;
  outcome.action = Action::kIssue;
  gate_.on_state(outcome, exchange);
  EXPECT_EQ(respond("HTTP/1.1 404 Not Found\r\n\r\n", exchange),
            "Set-Cookie: " + ours() + "; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax\r\n");
  EXPECT_EQ(gate_.on_inserted(exchange, kNow)->sign, Sign::kInserted);
  EXPECT_EQ(gate_.on_delivered(exchange, kNow)->sign, Sign::kDelivered);
}

TEST_F(GateTest, SaysBesideTheOriginsOwn) {
  Exchange exchange;
  request(get(""), exchange);
  Outcome outcome;
  outcome.action = Action::kIssue;
  gate_.on_state(outcome, exchange);
  EXPECT_NE(respond("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n", exchange), "");
  EXPECT_EQ(gate_.on_inserted(exchange, kNow)->sign, Sign::kAdded);
}

TEST_F(GateTest, SwitchedProtocolsGetNone) {
  Exchange exchange;
  request(get("Connection: Upgrade\r\nUpgrade: h2c\r\n"), exchange);
  Outcome outcome;
  outcome.action = Action::kIssue;
  gate_.on_state(outcome, exchange);
  EXPECT_EQ(
      respond("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", exchange),
      "");
  EXPECT_EQ(exchange.reason, Reason::kUpgrade);
}

TEST_F(GateTest, ObserveNeverBlocks) {
  Exchange exchange;
  request(get(""), exchange);
  Outcome outcome;
  outcome.entry.state = State::kSuspicious;
  gate_.on_state(outcome, exchange);
  EXPECT_FALSE(exchange.blocks);
}

TEST_F(GateTest, ChallengeIsExpectedNoLongerThanTheCookieLives) {
  Policy policy;
  policy.epoch = std::chrono::minutes(5);
  const Gate gate(policy, testing::test_secret(), nullptr);
  Exchange exchange;
  const Asked asked(get(""));
  gate.on_request(asked.head, kHost, kClient, kNow, exchange);
  EXPECT_EQ(exchange.input.expected_for, std::chrono::minutes(5));
  request(get(""), exchange);
  EXPECT_EQ(exchange.input.expected_for, std::chrono::hours(12));
}

}  // namespace
}  // namespace mogura::challenge
