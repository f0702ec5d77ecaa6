#include "service/metrics.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>

namespace mogura::service {
namespace {

int connect_to(std::uint16_t port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&server), sizeof server), 0);
  return connection;
}

// The whole answer, head included.
std::string ask(std::uint16_t port, const std::string& request) {
  const int connection = connect_to(port);
  EXPECT_EQ(::send(connection, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char piece[4096];
  for (ssize_t count = 0; (count = ::recv(connection, piece, sizeof piece, 0)) > 0;) {
    answer.append(piece, static_cast<std::size_t>(count));
  }
  ::close(connection);
  return answer;
}

std::string get(std::uint16_t port, const std::string& path) {
  return ask(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
}

class MetricsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Metrics> open() {
    auto metrics = Metrics::open(
        "127.0.0.1:0", [this] { return "requests_total " + std::to_string(requests_.load()) + "\n"; });
    EXPECT_TRUE(metrics) << metrics.error().message();
    return *std::move(metrics);
  }
  std::atomic<int> requests_ = 0;
};

TEST_F(MetricsTest, AreServedToWhoeverAsks) {
  requests_ = 42;
  const auto metrics = open();
  ASSERT_NE(metrics->port(), 0);
  const std::string answer = get(metrics->port(), "/metrics");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("Content-Type: text/plain; version=0.0.4"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nrequests_total 42\n")) << answer;
}

TEST_F(MetricsTest, AreThoseOfNow) {
  const auto metrics = open();
  requests_ = 1;
  EXPECT_TRUE(get(metrics->port(), "/metrics").ends_with("requests_total 1\n"));
  requests_ = 2;
  EXPECT_TRUE(get(metrics->port(), "/metrics").ends_with("requests_total 2\n"));
}

TEST_F(MetricsTest, AreAllThatIsServed) {
  const auto metrics = open();
  for (const std::string path : {"/", "/other", "/../../etc/passwd"}) {
    const std::string answer = get(metrics->port(), path);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404 ")) << path;
  }
  EXPECT_TRUE(ask(metrics->port(), "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(ask(metrics->port(), "\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_F(MetricsTest, TakeQueriesAndHead) {
  const auto metrics = open();
  EXPECT_TRUE(get(metrics->port(), "/metrics?name=x").starts_with("HTTP/1.1 200 "));
  const std::string answer = ask(metrics->port(), "HEAD /metrics HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(MetricsTest, CloseOnRequestsWithoutEnd) {
  const auto metrics = open();
  EXPECT_EQ(ask(metrics->port(), "GET " + std::string(8192, 'x')), "");
  EXPECT_TRUE(get(metrics->port(), "/metrics").starts_with("HTTP/1.1 200 ")) << "and go on";
}

TEST_F(MetricsTest, StopWhileSomebodyAsks) {
  auto metrics = open();
  const int silent = connect_to(metrics->port());
  get(metrics->port(), "/metrics");  // the one before is accepted then
  metrics.reset();
  char byte;
  EXPECT_LE(::recv(silent, &byte, 1, 0), 0);
  ::close(silent);
}

TEST_F(MetricsTest, SayThatTheirPortIsInUse) {
  const auto metrics = open();
  const auto other =
      Metrics::open("127.0.0.1:" + std::to_string(metrics->port()), [] { return std::string(); });
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kIo);
  EXPECT_EQ(other.error().cause, "Address already in use");
}

TEST_F(MetricsTest, GiveTheirPortBack) {
  auto metrics = open();
  const std::string where = "127.0.0.1:" + std::to_string(metrics->port());
  metrics.reset();
  const auto again = Metrics::open(where, [] { return std::string(); });
  EXPECT_TRUE(again) << again.error().message();
}

TEST_F(MetricsTest, ListenOnIpv6) {
  const auto metrics = Metrics::open("[::1]:0", [] { return std::string(); });
  if (!metrics) GTEST_SKIP() << "no IPv6 on this machine's loopback interface";
  EXPECT_NE((*metrics)->port(), 0);
}

TEST(Metrics, ListenNowhereButAtAnAddress) {
  struct {
    const char *where, *why;
  } const cases[] = {
      {"", "nothing"},
      {"9115", "a port alone would be on all addresses"},
      {":9115", "the same"},
      {"localhost:9115", "a name"},
      {"127.0.0.1", "no port"},
      {"127.0.0.1:", "no port"},
      {"127.0.0.1:65536", "no such port"},
      {"127.0.0.1:-1", "no number"},
      {"127.0.0.1:9115s", "letters behind it"},
      {"127.0.0.1:9115,9116", "two"},
      {"[127.0.0.1]:9115", "brackets are for IPv6"},
      {"::1:9115", "which needs them"},
      {"[::1:9115", "half of them"},
      {" 127.0.0.1:9115", "blank"},
  };
  for (const auto& [where, why] : cases) {
    const auto metrics = Metrics::open(where, [] { return std::string(); });
    ASSERT_FALSE(metrics) << where << ": " << why;
    EXPECT_EQ(metrics.error().code, ErrorCode::kUsage) << where;
    EXPECT_EQ(metrics.error().place, where);
  }
}

}  // namespace
}  // namespace mogura::service
