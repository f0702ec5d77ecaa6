#include "proxy/proxy.h"

#include <gtest/gtest.h>

#include "proxy/testing/running_proxy.h"

namespace mogura::proxy {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string get(const TestOrigin& origin, const std::string& more = "") {
  return "GET http://" + origin.name() + "/x HTTP/1.1\r\nHost: " + origin.name() + "\r\n" + more + "\r\n";
}

TEST(Proxy, TellsThePortsItWasGiven) {
  Options options = test_options();
  options.listen.endpoints.push_back({Address::v4(0x7F000002), 0});
  options.threads = 2;
  RunningProxy running(options);
  ASSERT_EQ(running.proxy->endpoints().size(), 2U);
  for (const Endpoint& endpoint : running.proxy->endpoints()) EXPECT_NE(endpoint.port, 0);
}

TEST(Proxy, AnAddressThatIsNotOursIsAnErrorThatNamesIt) {
  Options options = test_options();
  options.listen.endpoints = {{Address::v4(0xC0000201), 3128}};
  TestStore store;
  auto opened = Proxy::open(options, {.store = &store, .gate = test_gate(options), .on_session = {}});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_NE(opened.error().message().find("192.0.2.1:3128"), std::string::npos);
}

TEST(Proxy, AParentWithoutAPortIsAnError) {
  Options options = test_options();
  options.upstream.parent = "proxy.example";
  TestStore store;
  EXPECT_FALSE(Proxy::open(options, {.store = &store, .gate = test_gate(options), .on_session = {}}));
}

TEST(Proxy, ServesSeveralRequestsOnOneConnection) {
  TestOrigin origin(always(kHello));
  RunningProxy running;
  const TestSocket client = running.client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(get(origin)));
    EXPECT_EQ(client.head().substr(0, 15), "HTTP/1.1 200 OK");
    EXPECT_EQ(client.exactly(5), "hello");
  }
  EXPECT_EQ(origin.connections(), 1U) << "the connection to the origin is used again";
}

TEST(Proxy, ReloadChangesWhoMayUseItWithoutANewConnection) {
  TestOrigin origin(always(kHello));
  Options options = test_options();
  RunningProxy running(options);
  const TestSocket before = running.client();
  ASSERT_TRUE(before.send(get(origin)));
  EXPECT_EQ(before.head().substr(9, 3), "200");
  options.access.destinations.clear();
  const auto kept = running.proxy->reload(options, test_gate(options));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->empty());
  EXPECT_EQ(before.exactly(5), "hello");
  // A connection to the origin from before the reload is still good; a new destination is asked about.
  TestOrigin other(always(kHello));
  ASSERT_TRUE(before.send(get(other)));
  EXPECT_EQ(before.head().substr(9, 3), "403");
}

TEST(Proxy, ReloadNamesWhatNeedsANewStart) {
  Options options = test_options();
  RunningProxy running(options);
  options.threads = 7;
  options.logs.access = "elsewhere";
  const auto kept = running.proxy->reload(options, test_gate(options));
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, (std::vector<std::string>{"threads", "logs"}));
}

TEST(Proxy, StopLetsARequestUnderWayEnd) {
  std::atomic<bool> is_asked{false};
  std::atomic<bool> may_answer{false};
  TestOrigin origin([&](TestSocket& socket) {
    (void)socket.head();
    is_asked = true;
    is_asked.notify_one();
    may_answer.wait(false);
    socket.send(kHello);
  });
  RunningProxy running;
  const TestSocket idle = running.client();
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(get(origin)));
  is_asked.wait(false);
  std::thread stopping([&running] { running.proxy->stop(); });
  EXPECT_EQ(idle.some(), "") << "an idle connection ends at once";
  may_answer = true;
  may_answer.notify_one();
  EXPECT_EQ(client.head().substr(9, 3), "200");
  EXPECT_EQ(client.exactly(5), "hello");
  stopping.join();
  EXPECT_EQ(running.counters().connections_open.get(), 0U);
}

TEST(Proxy, ClientsBeyondTheLimitAreToldSo) {
  Options options = test_options();
  options.limits.connections_per_client = 1;
  TestOrigin origin(always(kHello));
  RunningProxy running(options);
  const TestSocket first = running.client();
  ASSERT_TRUE(first.send(get(origin)));
  ASSERT_FALSE(first.head().empty());
  const TestSocket second = running.client();
  EXPECT_EQ(second.head().substr(9, 3), "503");
  EXPECT_EQ(running.refusals(Refusal::kConnections), 1U);
}

TEST(Proxy, ClientsOfOtherNetworksAreRefused) {
  Options options = test_options();
  options.access.clients = {*Network::parse("10.0.0.0/8")};
  RunningProxy running(options);
  EXPECT_EQ(running.client().head().substr(9, 3), "403");
}

TEST(Proxy, MakesASessionOfEachConnection) {
  TestOrigin origin(always(kHello));
  std::mutex mutex;
  std::vector<session::Session> sessions;
  {
    RunningProxy running(test_options(), [&](const session::Session& session) {
      const std::scoped_lock lock(mutex);
      sessions.push_back(session);
    });
    const TestSocket client = running.client();
    ASSERT_TRUE(client.send(get(origin, "User-Agent: tester\r\n")));
    ASSERT_FALSE(client.head().empty());
  }
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].kind, session::Kind::kGetPost);
  EXPECT_EQ(sessions[0].destination, origin.name());
  EXPECT_EQ(sessions[0].user_agent, "tester");
  EXPECT_EQ(sessions[0].status, (std::vector<std::uint16_t>{200}));
}

}  // namespace
}  // namespace mogura::proxy
