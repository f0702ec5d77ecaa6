#include "proxy/detail/tunnel.h"

#include <gtest/gtest.h>

#include "proxy/testing/running_proxy.h"

namespace mogura::proxy {
namespace {

std::string connect_to(const TestOrigin& origin) {
  return "CONNECT " + origin.name() + " HTTP/1.1\r\nHost: " + origin.name() + "\r\n\r\n";
}

TEST(Tunnel, PassesBytesThatCameWithTheRequest) {
  TestOrigin origin([](TestSocket& socket) { socket.send("[" + socket.exactly(5) + "]"); });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(connect_to(origin) + "early"));
  EXPECT_EQ(client.head().substr(9, 3), "200");
  EXPECT_EQ(client.all(), "[early]");
}

TEST(Tunnel, AHalfCloseOfTheClientLeavesTheOtherWayOpen) {
  TestOrigin origin([](TestSocket& socket) { socket.send("got " + socket.all()); });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(connect_to(origin)));
  ASSERT_FALSE(client.head().empty());
  ASSERT_TRUE(client.send("question"));
  client.finish_writing();
  EXPECT_EQ(client.all(), "got question");
}

TEST(Tunnel, AHalfCloseOfTheOriginLeavesTheOtherWayOpen) {
  std::string seen;
  std::atomic<bool> is_over{false};
  TestOrigin origin([&](TestSocket& socket) {
    socket.send("bye");
    socket.finish_writing();
    seen = socket.all();
    is_over = true;
    is_over.notify_one();
  });
  RunningProxy running;
  TestSocket client = running.client();
  ASSERT_TRUE(client.send(connect_to(origin)));
  ASSERT_FALSE(client.head().empty());
  EXPECT_EQ(client.all(), "bye");
  ASSERT_TRUE(client.send("still here"));
  client.finish_writing();
  is_over.wait(false);
  EXPECT_EQ(seen, "still here");
}

TEST(Tunnel, AResetIsPassedOnAsOne) {
  TestOrigin origin([](TestSocket& socket) {
    (void)socket.exactly(1);
    socket.reset();
  });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(connect_to(origin)));
  ASSERT_FALSE(client.head().empty());
  ASSERT_TRUE(client.send("x"));
  char byte = 0;
  EXPECT_EQ(::recv(client.descriptor(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(Tunnel, MoreThanAllBuffersPassesWhole) {
  std::string sent(std::size_t{8} << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7 + i / 251);
  TestOrigin origin([&sent](TestSocket& socket) { socket.send(sent); });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send(connect_to(origin)));
  ASSERT_FALSE(client.head().empty());
  EXPECT_TRUE(client.all() == sent);
  EXPECT_EQ(running.counters().tunnels.get(), 1U);
}

TEST(Tunnel, AnUpgradeThatIsAcceptedIsOne) {
  TestOrigin origin([](TestSocket& socket) {
    const std::string head = socket.head();
    EXPECT_NE(head.find("Upgrade: echo\r\n"), std::string::npos) << head;
    socket.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nfirst");
    socket.send("<" + socket.exactly(3) + ">");
  });
  RunningProxy running;
  const TestSocket client = running.client();
  ASSERT_TRUE(client.send("GET http://" + origin.name() + "/ HTTP/1.1\r\nHost: " + origin.name() +
                          "\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"));
  EXPECT_NE(client.head().find("Upgrade: echo\r\n"), std::string::npos);
  ASSERT_TRUE(client.send("abc"));
  EXPECT_EQ(client.all(), "first<abc>");
}

}  // namespace
}  // namespace mogura::proxy
