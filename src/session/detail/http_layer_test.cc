#include "session/detail/http_layer.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

using Event = HttpLayer::Event;

struct Fixture {
  Shared shared{Limits{}};
  Finished record;
  HttpLayer layer{shared, record, 0};
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

TEST(HttpLayer, CountsDistinctTargetsUpToItsLimit) {
  Fixture f;
  f.shared.limits.urls = 3;
  for (const char* path : {"/1", "/2", "/1", "/3", "/4"})
    f.up(std::string("GET http://a") + path + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(f.record.session.urls_count, 3u);
}

TEST(HttpLayer, CountsMethodsBeyondItsLimitTogether) {
  Fixture f;
  f.shared.limits.methods = 2;
  for (const char* method : {"GET", "POST", "PUT", "LOCK", "GET"}) {
    f.up(std::string(method) + " http://a/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  }
  std::uint32_t total = 0;
  for (const auto& [method, count] : f.record.session.methods) total += count;
  EXPECT_EQ(f.record.session.methods.size(), 2u);
  EXPECT_EQ(total, 5u);
}

TEST(HttpLayer, KeepsFirstStatusCodes) {
  Fixture f;
  f.shared.limits.status_codes = 1;
  f.up("GET http://a/ HTTP/1.1\r\n\r\nGET http://a/ HTTP/1.1\r\n\r\n");
  f.down("HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 N\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(f.record.session.status, std::vector<std::uint16_t>{404});
}

TEST(HttpLayer, NamesTheClientBehindAnotherProxy) {
  Fixture f;
  f.up("GET http://a/ HTTP/1.1\r\nVia: 1.1 inner\r\nX-Forwarded-For: 192.0.2.7, 10.0.0.1\r\n\r\n");
  EXPECT_EQ(f.record.session.client_forwarded, "192.0.2.7");
  EXPECT_EQ(f.record.session.via, "1.1 inner");
  EXPECT_TRUE(f.record.keys.from_proxy);
}

}  // namespace
}  // namespace mogura::session::detail
