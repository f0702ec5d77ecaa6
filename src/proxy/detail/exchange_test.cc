#include "proxy/detail/exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "proxy/testing/running_proxy.h"

namespace mogura::proxy {
namespace {

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

std::string request(const std::string& method, const TestOrigin& origin, const std::string& more = "") {
  return method + " http://" + origin.name() + "/x HTTP/1.1\r\nHost: " + origin.name() + "\r\n" + more +
         "\r\n";
}

TEST(Exchange, RefusesBeforeAnythingIsConnectedTo) {
  struct Case {
    const char* request;
    const char* status;
    Refusal refusal;
    const char* why;
  };
  Options options = test_options();
  options.access.any_connect_port = false;
  options.access.connect_ports = {443};
  for (const Case& c : {
           Case{"GET http://127.0.0.1 HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "400", Refusal::kHead,
                "a folded line"},
           Case{"GET ftp://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "400", Refusal::kScheme,
                "no http"},
           Case{"CONNECT 127.0.0.1:25 HTTP/1.1\r\nHost: 127.0.0.1:25\r\n\r\n", "403", Refusal::kPort, "mail"},
           Case{"GET http://10.0.0.1/ HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n", "403", Refusal::kDestination,
                "a private network"},
           Case{"GET http://[::1]/ HTTP/1.1\r\nHost: [::1]\r\n\r\n", "403", Refusal::kDestination,
                "loopback"},
           Case{"OPTIONS http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nMax-Forwards: 0\r\n\r\n", "200",
                Refusal::kMaxForwards, "is for the proxy itself"},
           Case{"GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: tea\r\n\r\n", "417",
                Refusal::kExpectation, "nobody knows how"},
           Case{"GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n"
                "Transfer-Encoding: chunked\r\n\r\n",
                "400", Refusal::kHead, "two lengths"},
           Case{"GET http://a.invalid/ HTTP/1.1\r\nHost: a.invalid\r\n\r\n", "502", Refusal::kName,
                "no such name"},
       }) {
    RunningProxy running(options);
    const TestSocket client = running.client();
    ASSERT_TRUE(client.send(c.request));
    EXPECT_EQ(client.head().substr(9, 3), c.status) << c.why;
    EXPECT_EQ(running.refusals(c.refusal), 1U) << c.why;
  }
}

TEST(Exchange, PassesBodiesAsTheyCome) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1\r\nd\r\n0\r\nX-End: 1\r\n\r\n";
  TestOrigin origin(always(chunked));
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(request("GET", origin)));
  EXPECT_NE(client.head().find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_EQ(client.until("X-End: 1\r\n\r\n"), "3;a=b\r\nabc\r\n1\r\nd\r\n0\r\nX-End: 1\r\n\r\n");
}

TEST(Exchange, AClientOfHttp10GetsNoChunks) {
  TestOrigin origin(
      always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"));
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send("GET http://" + origin.name() + "/ HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(client.head().find("chunked"), std::string::npos);
  EXPECT_EQ(client.all(), "abcd");
}

TEST(Exchange, AnUploadPassesWhileTheClientStillSends) {
  std::string seen;
  TestOrigin origin([&seen](TestSocket& socket) {
    const std::string head = socket.head();
    socket.send("HTTP/1.1 100 Continue\r\n\r\n");
    seen = socket.exactly(6);
    socket.send(kHello);
  });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(request("POST", origin, "Content-Length: 6\r\nExpect: 100-continue\r\n")));
  EXPECT_EQ(client.head().substr(9, 3), "100");
  ASSERT_TRUE(client.send("abcdef"));
  EXPECT_EQ(client.head().substr(9, 3), "200");
  EXPECT_EQ(client.exactly(5), "hello");
  EXPECT_EQ(seen, "abcdef");
}

TEST(Exchange, ABodyThatIsNotWellFormedNeverReachesTheOrigin) {
  std::atomic<bool> is_reached{false};
  TestOrigin origin([&](TestSocket& socket) { is_reached = is_reached || !socket.head().empty(); });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(
      client.send(request("POST", origin, "Transfer-Encoding: chunked\r\n") + "0x1\r\na\r\n0\r\n\r\n"));
  EXPECT_EQ(client.head().substr(9, 3), "400");
  EXPECT_FALSE(is_reached);
}

TEST(Exchange, AnAnswerBeforeTheRequestsEndIsPassedOn) {
  TestOrigin origin([](TestSocket& socket) {
    (void)socket.head();
    socket.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(request("POST", origin, "Content-Length: 1000000\r\n") + "some"));
  EXPECT_EQ(client.head().substr(9, 3), "413");
}

TEST(Exchange, ARequestThatMayBeRepeatedIsWhenAnIdleConnectionHadJustClosed) {
  std::atomic<unsigned> served{0};
  TestOrigin origin([&served](TestSocket& socket) {
    // One request a connection, although it does not say so.
    (void)socket.head();
    ++served;
    socket.send(kHello);
  });
  RunningProxy running;
  const TestSocket client = running.client();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.send(request("GET", origin)));
    EXPECT_EQ(client.head().substr(9, 3), "200");
    EXPECT_EQ(client.exactly(5), "hello");
  }
  EXPECT_EQ(served, 5U);
}

TEST(Exchange, WhatIsNoAnswerGivesBadGateway) {
  struct Case {
    const char* answer;
    const char* why;
  };
  for (const Case& c : {
           Case{"", "closed without a byte"},
           Case{"SSH-2.0-x\r\n\r\n", "another protocol"},
           Case{"HTTP/1.1 200 OK\r\nContent-Le", "ends in its head"},
           Case{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "two lengths"},
           Case{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                "nobody asked"},
       }) {
    TestOrigin origin([&c](TestSocket& socket) {
      (void)socket.head();
      socket.send(c.answer);
    });
    RunningProxy running;
    const TestSocket client = running.client();
    ASSERT_TRUE(client.send(request("POST", origin, "Content-Length: 0\r\n")));
    EXPECT_EQ(client.head().substr(9, 3), "502") << c.why;
  }
}

TEST(Exchange, AnAnswerThatBreaksOffIsNotTakenForWhole) {
  TestOrigin origin([](TestSocket& socket) {
    (void)socket.head();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(request("GET", origin)));
  ASSERT_EQ(client.head().substr(9, 3), "200");
  EXPECT_LE(client.all().size(), 9U);
}

TEST(Exchange, ASuspiciousClientIsBlockedAndAReturnedCookieLetsItOut) {
  TestOrigin origin(always(kHello));
  Options options = test_options();
  options.challenge.policy.mode = challenge::Mode::kBlock;
  RunningProxy running(options);
  std::string cookie;
  const auto ask = [&](const std::string& more) {
    const TestSocket client = running.client();
    client.send(request("GET", origin, "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)\r\n" + more));
    const std::string head = client.head();
    const std::size_t at = head.find("Set-Cookie: ");
    if (at != std::string::npos) cookie = head.substr(at + 12, head.find(';', at) - at - 12);
    const std::string length = head.substr(head.find("Content-Length: ") + 16);
    (void)client.exactly(std::stoul(length));
    return head.substr(9, 3);
  };
  EXPECT_EQ(ask(""), "200");
  EXPECT_EQ(ask(""), "200");
  EXPECT_EQ(ask(""), "403") << "from its third request";
  EXPECT_EQ(ask(""), "403");
  ASSERT_FALSE(cookie.empty());
  EXPECT_EQ(ask("Cookie: " + cookie + "\r\n"), "200");
}

TEST(Exchange, WhatIsNotJudgedIsSaidOnceForAConnection) {
  TestOrigin origin(always(kHello));
  const std::string path = testing::TempDir() + "mogura_exchange_events_" + std::to_string(getpid());
  Options options = test_options();
  options.logs.events = path;
  {
    RunningProxy running(options);
    const TestSocket client = running.client();
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(client.send(request("OPTIONS", origin)));
      EXPECT_EQ(client.head().substr(9, 3), "200");
      EXPECT_EQ(client.exactly(5), "hello");
    }
  }
  std::ifstream file(path);
  const std::string events(std::istreambuf_iterator<char>(file), {});
  unlink(path.c_str());
  EXPECT_EQ(std::count(events.begin(), events.end(), '\n'), 1) << events;
  EXPECT_NE(events.find("\"state\":\"neverset\""), std::string::npos) << events;
}

TEST(Exchange, EventsGoToWhoeverObservesThemToo) {
  TestOrigin origin(always(kHello));
  std::vector<std::string> seen;  // of the one loop, read when that has ended
  {
    RunningProxy running(test_options(), {}, [&seen](const Event& event) {
      const std::string_view what = event.state != nullptr ? challenge::name_of(event.state->state)
                                                           : challenge::name_of(event.verdict->verdict);
      seen.push_back(std::string(event.user_agent) + ' ' + std::string(what));
    });
    for (int i = 0; i < 4; ++i) {
      const TestSocket client = running.client();
      ASSERT_TRUE(client.send(request("GET", origin, "User-Agent: probe/1\r\n")));
      EXPECT_EQ(client.head().substr(9, 3), "200");
      EXPECT_EQ(client.exactly(5), "hello");
    }
  }
  EXPECT_THAT(seen, testing::Contains("probe/1 set"));
  EXPECT_THAT(seen, testing::IsSupersetOf({"probe/1 set", "probe/1 suspicious", "probe/1 no-jar"}));
}

TEST(Exchange, NothingIsJudgedWithoutAStore) {
  TestOrigin origin(always(kHello));
  Options options = test_options();
  options.challenge.policy.mode = challenge::Mode::kBlock;
  RunningProxy running(options);
  running.store.is_down = true;
  for (int i = 0; i < 5; ++i) {
    const TestSocket client = running.client();
    ASSERT_TRUE(client.send(request("GET", origin, "User-Agent: MSIE\r\n")));
    const std::string head = client.head();
    EXPECT_EQ(head.substr(9, 3), "200");
    EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
  }
}

}  // namespace
}  // namespace mogura::proxy
