#include "session/detail/http_layer.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

using Event = HttpLayer::Event;

struct Fixture {
  Shared shared{Limits{}};
  Finished record;
  HttpLayer layer{shared, record, {}};
  std::uint64_t up_offset = 0, down_offset = 0;

  Event up(std::string_view text) {
    const HttpLayer::Step step = layer.feed_up(as_bytes(text), up_offset, {});
    up_offset += step.consumed;
    return step.event;
  }
  // The server sent this having received `acknowledged` bytes.
  Event down(std::string_view text, std::uint64_t acknowledged) {
    const HttpLayer::Step step =
        layer.feed_down(as_bytes(text), down_offset, {{}, acknowledged}, up_offset, false);
    down_offset += step.consumed;
    return step.event;
  }
  Event down(std::string_view text) { return down(text, up_offset); }
  void cut_up(std::uint64_t length) {
    layer.skip_up(length, up_offset);
    up_offset += length;
  }
  Event cut_down(std::uint64_t length) {
    down_offset += length;
    return layer.skip_down(length);
  }
};

TEST(HttpLayer, HoldsAnAnswerWhoseRequestMustStillCome) {
  Fixture f;
  EXPECT_EQ(f.down("HTTP/1.1 200 OK\r\n\r\n", 30), Event::kBlocked);
  EXPECT_EQ(f.down_offset, 0u);
}

TEST(HttpLayer, TakesAnAnswerWhoseRequestWasLost) {
  Fixture f;
  EXPECT_EQ(f.down("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0), Event::kNone);
  EXPECT_EQ(f.shared.counters.unpaired_responses, 1u);
}

TEST(HttpLayer, WaitsBehindAConnectUntilItIsAnswered) {
  Fixture f;
  EXPECT_EQ(f.up("CONNECT a:1 HTTP/1.1\r\n\r\nrest"), Event::kBlocked);
  EXPECT_TRUE(f.layer.is_waiting());
  EXPECT_EQ(f.down("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), Event::kUnblocked);
  EXPECT_FALSE(f.layer.is_waiting());
}

TEST(HttpLayer, PairsAnswersWithPipelinedRequests) {
  Fixture f;
  f.up("HEAD http://a/1 HTTP/1.1\r\n\r\nGET http://a/2 HTTP/1.1\r\n\r\nCONNECT b:2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(
      f.down("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
             "HTTP/1.1 200 Connected\r\n\r\nTUNNEL"),
      Event::kTunnel)
      << "an answer to HEAD has no body, whatever its length says";
  EXPECT_EQ(f.record.session.status, (std::vector<std::uint16_t>{200, 200, 200}));
  EXPECT_EQ(f.record.session.destination, "b:2");
}

TEST(HttpLayer, WaitsBehindAConnectWhoseHeadWasCut) {
  Fixture f;
  EXPECT_EQ(f.up("CONNECT b.example:443 HTTP/1.1\r\nHo"), Event::kNone);
  EXPECT_FALSE(f.layer.is_waiting());
  f.cut_up(30);
  EXPECT_TRUE(f.layer.is_waiting());
  EXPECT_EQ(f.record.session.destination, "b.example:443");
  EXPECT_EQ(f.down("HTTP/1.1 200 Conn"), Event::kNone);
  EXPECT_EQ(f.cut_down(20), Event::kTunnel) << "the status is enough";
  EXPECT_EQ(f.record.session.connect_anomalies, 0);
}

TEST(HttpLayer, LetsTheRestOfACutConnectPass) {
  Fixture f;
  f.up("CONNECT b.example:443 HTTP/1.1\r\nHo");
  f.cut_up(30);
  EXPECT_TRUE(f.layer.is_in_partial_head());
  EXPECT_EQ(f.up("ld: x\r\nCookie: y"), Event::kBlocked);
  EXPECT_EQ(f.up_offset, 64u + 16u) << "text without an end is all of the head";
  EXPECT_EQ(f.up("y\r\n\r\nSSH-2.0-x\r\n"), Event::kBlocked);
  EXPECT_EQ(f.up_offset, 64u + 16u + 5u) << "what follows the empty line waits";
  EXPECT_FALSE(f.layer.is_in_partial_head());
}

TEST(HttpLayer, TakesNoTunnelBytesForTheRestOfAConnect) {
  const struct {
    const char* why;
    std::string_view text;
    std::uint64_t acknowledged;
  } cases[] = {
      {"sent when the answer had come", "text", 39},
      {"bytes that no field holds", "\x16\x03\x01 text", 0},
      {"a request", "GET / HTTP/1.1\r\n\r\n", 0},
      {"nobody knows when it was sent", "text", UINT64_MAX},
  };
  for (const auto& c : cases) {
    Fixture f;
    f.up("CONNECT b.example:443 HTTP/1.1\r\nHo");
    f.cut_up(30);
    const HttpLayer::Step step = f.layer.feed_up(as_bytes(c.text), f.up_offset, {{}, c.acknowledged});
    EXPECT_EQ(step.event, Event::kBlocked) << c.why;
    EXPECT_EQ(step.consumed, 0u) << c.why;
    EXPECT_FALSE(f.layer.is_in_partial_head()) << c.why;
  }
}

TEST(HttpLayer, GoesOnBehindAConnectThatACutAnswerDeclined) {
  Fixture f;
  f.up("CONNECT a:1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 407 No"), Event::kNone);
  EXPECT_EQ(f.cut_down(900), Event::kUnblocked);
  EXPECT_EQ(f.down("rest of the body"), Event::kNone);
  f.up("CONNECT a:1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 200 Yes\r\n\r\n"), Event::kTunnel);
  EXPECT_EQ(f.record.session.connect_anomalies, 0);
}

TEST(HttpLayer, WaitsBehindAnUpgradeWhoseHeadWasCut) {
  Fixture f;
  f.up("GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX");
  f.cut_up(10);
  EXPECT_TRUE(f.layer.is_waiting());
  EXPECT_EQ(f.down("HTTP/1.1 101 Sw"), Event::kNone);
  EXPECT_EQ(f.cut_down(50), Event::kUpgraded);
  EXPECT_EQ(f.layer.upgrade_token(), "websocket") << "as asked for";
}

TEST(HttpLayer, PairsAnswersWithCutRequests) {
  Fixture f;
  f.up("HEAD http://a/1");
  f.cut_up(10);
  f.down("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
  f.up("GET http://a/2");
  f.cut_up(10);
  f.down("HTTP/1.1 404 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(f.record.session.status, (std::vector<std::uint16_t>{200, 404}));
  EXPECT_EQ(f.shared.counters.unpaired_responses, 0u);
  EXPECT_EQ(f.shared.counters.http_messages, 4u);
}

TEST(HttpLayer, OpensTheTunnelOfAnyConnectThatAProxyMayTake) {
  const struct {
    const char* why;
    std::string_view request, answer;
  } cases[] = {
      {"the ordinary", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {"tabs", "CONNECT\ta:443\tHTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {"two spaces", "CONNECT  a:443  HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {"HTTP/2.0", "CONNECT a:443 HTTP/2.0\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {"no version", "CONNECT a:443\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"},
      {"an answer in small letters", "CONNECT a:443 HTTP/1.1\r\n\r\n", "http/1.1 200 ok\r\n\r\n"},
  };
  for (const auto& c : cases) {
    Fixture f;
    EXPECT_NE(f.up(c.request), Event::kNotHttp) << c.why;
    EXPECT_TRUE(f.layer.is_waiting()) << c.why;
    EXPECT_EQ(f.down(c.answer), Event::kTunnel) << c.why;
    EXPECT_EQ(f.record.session.destination, "a:443") << c.why;
    EXPECT_EQ(f.record.session.status, std::vector<std::uint16_t>{200}) << c.why;
    EXPECT_EQ(f.shared.counters.http_malformed, 0u) << c.why;
  }
}

TEST(HttpLayer, WaitsBehindAConnectWhoseHeadExceedsTheLimit) {
  for (const bool has_end : {false, true}) {
    Fixture f;
    const std::string begin = "CONNECT b.example:443 HTTP/1.1\r\nCookie: ";
    f.up(begin);
    EXPECT_FALSE(f.layer.is_waiting());
    const std::string rest(f.shared.limits.http_head_bytes - begin.size() + 1, 'c');
    f.up(has_end ? rest + "\r\n\r\ntunnel" : rest);
    EXPECT_TRUE(f.layer.is_waiting());
    EXPECT_EQ(f.layer.is_in_partial_head(), !has_end);
    EXPECT_EQ(f.up_offset, begin.size() + rest.size() + (has_end ? 4 : 0)) << "the tunnel's bytes wait";
    EXPECT_EQ(f.shared.counters.http_limit, 1u);
    EXPECT_EQ(f.record.session.destination, "b.example:443");
    EXPECT_EQ(f.down("HTTP/1.1 200 OK\r\n\r\n"), Event::kTunnel);
  }
}

TEST(HttpLayer, TakesARequestOfAnyLengthUpToTheLimitForWhatItIs) {
  for (const int excess : {-1, 0, 1}) {
    Fixture f;
    const std::string begin = "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: ";
    const std::size_t size = f.shared.limits.http_head_bytes - begin.size() - 4;
    f.up(begin + std::string(excess < 0 ? size - 1 : size + static_cast<std::size_t>(excess), 'x') +
         "\r\n\r\n");
    EXPECT_EQ(f.shared.counters.http_limit, excess > 0 ? 1u : 0u);
    EXPECT_EQ(f.record.session.destination, "a:80");
    f.up("GET http://a/2 HTTP/1.1\r\n\r\n");
    EXPECT_EQ(f.record.session.methods[0].second, 2u) << "the next message is found";
  }
}

TEST(HttpLayer, TakesAnAnswerBeyondTheLimitByItsStatus) {
  Fixture f;
  f.up("CONNECT a:1 HTTP/1.1\r\n\r\n");
  const std::string head =
      "HTTP/1.1 200 OK\r\nX: " + std::string(f.shared.limits.http_head_bytes, 'x') + "\r\n\r\n";
  EXPECT_EQ(f.down(head + "tunnel"), Event::kTunnel);
  EXPECT_EQ(f.down_offset, head.size());
  EXPECT_EQ(f.shared.counters.http_limit, 1u);
}

TEST(HttpLayer, TakesHeadsThatTheEndBreaksOff) {
  const struct {
    const char* why;
    std::string_view text, destination;
    bool is_waiting;
  } cases[] = {
      {"a request", "GET http://a/ HTTP/1.1\r\nHost: a", "a:80", false},
      {"a CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a", "a:443", true},
      {"a CONNECT's first line", "CONNECT a:443 HT", "a:443", true},
      {"a CONNECT's destination", "CONNECT a:44", "", true},
  };
  for (const auto& c : cases) {
    Fixture f;
    f.up(c.text);
    f.layer.finish_up(f.up_offset);
    f.layer.finish_up(f.up_offset);
    EXPECT_EQ(f.record.session.destination, c.destination) << c.why;
    EXPECT_EQ(f.record.session.methods.size(), 1u) << c.why;
    EXPECT_EQ(f.layer.is_waiting(), c.is_waiting) << c.why;
    EXPECT_EQ(f.down("HTTP/1.1 200 OK\r\n"), Event::kNone) << c.why;
    EXPECT_EQ(f.layer.finish_down(), c.is_waiting ? Event::kTunnel : Event::kNone) << c.why;
    EXPECT_EQ(f.record.session.status, std::vector<std::uint16_t>{200}) << c.why;
  }
}

TEST(HttpLayer, EndsABodyOfNoKnownEndAtTheNextAnswer) {
  Fixture f;
  f.up("CONNECT a:1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 407 No\r\n\r\n"), Event::kUnblocked);
  f.down("why not");
  f.up("CONNECT a:1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 200 Yes\r\n\r\n"), Event::kTunnel);
  EXPECT_EQ(f.record.session.status, (std::vector<std::uint16_t>{407, 200}));
  EXPECT_EQ(f.record.session.connect_anomalies, 0);
}

TEST(HttpLayer, EndsABodyOfNoKnownEndOnlyWhereARequestWasMade) {
  Fixture f;
  f.up("GET http://a/ HTTP/1.1\r\n\r\n");
  f.down("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 404 Not an answer\r\n\r\n"), Event::kNone);
  EXPECT_EQ(f.down("HTTP/1.1 404 An answer\r\n\r\n", f.up_offset + 30), Event::kBlocked) << "captured early";
  f.up("GET http://a/2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.down("HTTP/1.1 403 An answer\r\n\r\n"), Event::kNone);
  EXPECT_EQ(f.record.session.status, (std::vector<std::uint16_t>{200, 403}));
  EXPECT_EQ(f.shared.counters.unpaired_responses, 0u);
}

TEST(HttpLayer, KeepsFirstStatusCodes) {
  Fixture f;
  f.shared.limits.status_codes = 1;
  f.up("GET http://a/ HTTP/1.1\r\n\r\nGET http://a/ HTTP/1.1\r\n\r\n");
  f.down("HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 N\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(f.record.session.status, std::vector<std::uint16_t>{404});
}

}  // namespace
}  // namespace mogura::session::detail
