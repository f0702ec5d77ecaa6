#include "proxy/detail/upstream_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <list>
#include <string>

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::seconds;

constexpr Timestamp kNow{seconds(1'000'000)};
constexpr Duration kKeep = seconds(30);

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

class UpstreamPoolTest : public ::testing::Test {
 protected:
  UpstreamPoolTest() {
    acceptor_.open(tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen();
  }

  // A connection of which the origin's end is origins_.back(). `mark` tells it apart.
  UpstreamPool::Idle connection(std::uint32_t mark, Timestamp since = kNow) {
    UpstreamPool::Idle idle{Socket(loop_), {Address::v4(0x7F000001), 80}, since, mark};
    idle.socket.connect(acceptor_.local_endpoint());
    origins_.push_back(acceptor_.accept());
    return idle;
  }
  // What was done at the other end has arrived.
  static void wait_for_news(Socket& socket) { socket.wait(Socket::wait_read); }

  static std::uint32_t mark_of(const std::optional<UpstreamPool::Idle>& idle) {
    return idle ? idle->requests : 0;
  }

  asio::io_context loop_{1};
  Acceptor acceptor_{loop_};
  std::list<Socket> origins_;
};

TEST_F(UpstreamPoolTest, GivesTheOneUsedLast) {
  UpstreamPool pool(8, 8, kKeep);
  EXPECT_FALSE(pool.take("a:80", kNow));
  for (std::uint32_t mark = 1; mark <= 3; ++mark) pool.put("a:80", connection(mark));
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 3u);
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 2u);
  pool.put("a:80", connection(4));
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 4u);
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 1u);
  EXPECT_FALSE(pool.take("a:80", kNow));
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, GivesTheConnectionAsItWasPut) {
  UpstreamPool pool(8, 8, kKeep);
  auto idle = connection(7);
  const auto local = idle.socket.local_endpoint();
  pool.put("a:80", std::move(idle));
  auto taken = pool.take("a:80", kNow);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->socket.local_endpoint(), local);
  EXPECT_EQ(taken->server.port, 80);
  asio::write(taken->socket, asio::buffer("x", 1));
  char byte = 0;
  EXPECT_EQ(origins_.back().read_some(asio::buffer(&byte, 1)), 1u);
}

TEST_F(UpstreamPoolTest, KeepsHostsApart) {
  UpstreamPool pool(8, 8, kKeep);
  pool.put("a:80", connection(1));
  EXPECT_FALSE(pool.take("a:8", kNow));
  EXPECT_FALSE(pool.take("b:80", kNow));
  EXPECT_FALSE(pool.take("", kNow));
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 1u);
}

TEST_F(UpstreamPoolTest, DoesNotGiveWhatTheOriginClosed) {
  UpstreamPool pool(8, 8, kKeep);
  pool.put("a:80", connection(1));
  auto closed = connection(2);
  origins_.back().close();
  wait_for_news(closed.socket);
  pool.put("a:80", std::move(closed));
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 1u);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, DoesNotGiveWhatWasReset) {
  UpstreamPool pool(8, 8, kKeep);
  auto reset = connection(1);
  origins_.back().set_option(asio::socket_base::linger(true, 0));
  origins_.back().close();
  wait_for_news(reset.socket);
  pool.put("a:80", std::move(reset));
  EXPECT_FALSE(pool.take("a:80", kNow));
}

TEST_F(UpstreamPoolTest, DoesNotGiveWhatTheOriginSentSomethingOn) {
  UpstreamPool pool(8, 8, kKeep);
  auto spoke = connection(1);
  asio::write(origins_.back(), asio::buffer("HTTP/1.1 408 ", 13));
  wait_for_news(spoke.socket);
  pool.put("a:80", std::move(spoke));
  EXPECT_FALSE(pool.take("a:80", kNow));
}

TEST_F(UpstreamPoolTest, DoesNotGiveWhatWasIdleForTooLong) {
  UpstreamPool pool(8, 8, kKeep);
  pool.put("a:80", connection(1));
  auto taken = pool.take("a:80", kNow + kKeep - Duration(1));
  ASSERT_TRUE(taken);
  pool.put("a:80", *std::move(taken));
  EXPECT_FALSE(pool.take("a:80", kNow + kKeep));
}

TEST_F(UpstreamPoolTest, ClosesTheOldestOfAHostAtItsLimit) {
  UpstreamPool pool(2, 8, kKeep);
  for (std::uint32_t mark = 1; mark <= 3; ++mark) pool.put("a:80", connection(mark));
  pool.put("b:80", connection(9));
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 3u);
  EXPECT_EQ(mark_of(pool.take("a:80", kNow)), 2u);
  EXPECT_FALSE(pool.take("a:80", kNow));
}

TEST_F(UpstreamPoolTest, ClosesTheOldestOfAllAtTheLimit) {
  UpstreamPool pool(2, 3, kKeep);
  pool.put("a:80", connection(1));
  pool.put("b:80", connection(2));
  pool.put("c:80", connection(3));
  EXPECT_EQ(pool.size(), 3u);
  pool.put("c:80", connection(4));
  EXPECT_EQ(pool.size(), 3u);
  EXPECT_FALSE(pool.take("a:80", kNow));
  EXPECT_EQ(mark_of(pool.take("b:80", kNow)), 2u);
}

TEST_F(UpstreamPoolTest, ReplacesTheOnlyOneWhereOneIsAllowed) {
  UpstreamPool pool(1, 1, kKeep);
  pool.put("a:80", connection(1));
  pool.put("a:80", connection(2));
  EXPECT_EQ(pool.size(), 1u);
  pool.put("b:80", connection(3));
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_FALSE(pool.take("a:80", kNow));
  EXPECT_EQ(mark_of(pool.take("b:80", kNow)), 3u);
}

TEST_F(UpstreamPoolTest, KeepsNothingWithoutRoom) {
  UpstreamPool no_host(0, 8, kKeep);
  no_host.put("a:80", connection(1));
  EXPECT_EQ(no_host.size(), 0u);
  UpstreamPool none(8, 0, kKeep);
  none.put("a:80", connection(1));
  EXPECT_EQ(none.size(), 0u);
}

TEST_F(UpstreamPoolTest, SweepsWhatIsOld) {
  UpstreamPool pool(8, 8, kKeep);
  pool.put("a:80", connection(1, kNow));
  pool.put("b:80", connection(2, kNow + seconds(5)));
  pool.sweep(kNow + kKeep - Duration(1));
  EXPECT_EQ(pool.size(), 2u);
  pool.sweep(kNow + kKeep);
  EXPECT_EQ(pool.size(), 1u);
  EXPECT_EQ(mark_of(pool.take("b:80", kNow + kKeep)), 2u);
}

TEST_F(UpstreamPoolTest, SweepsWhatTheOriginsClosedAFewAtATime) {
  constexpr std::size_t kCount = 150;
  UpstreamPool pool(kCount, kCount, kKeep);
  for (std::uint32_t n = 0; n < kCount; ++n) {
    auto idle = connection(n);
    origins_.pop_back();  // closes
    wait_for_news(idle.socket);
    pool.put("a" + std::to_string(n % 10), std::move(idle));
  }
  pool.sweep(kNow);
  EXPECT_LT(pool.size(), kCount);
  EXPECT_GT(pool.size(), 0u) << "not all at once";
  for (int i = 0; i < 4; ++i) pool.sweep(kNow);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, ForgetsHostsThatHaveNoneForLong) {
  UpstreamPool pool(2, 2, kKeep);
  auto idle = std::optional(connection(1));
  for (std::size_t n = 0; n < 1000; ++n) {
    const std::string key = "host" + std::to_string(n);
    pool.put(key, *std::move(idle));
    idle = pool.take(key, kNow);
    ASSERT_TRUE(idle) << n;
  }
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, ClosesAllWhenClearedAndAtItsEnd) {
  const std::size_t before = open_descriptors();
  {
    UpstreamPool pool(8, 8, kKeep);
    for (std::uint32_t mark = 1; mark <= 4; ++mark) pool.put("a:80", connection(mark));
    pool.clear();
    EXPECT_EQ(pool.size(), 0u);
    EXPECT_FALSE(pool.take("a:80", kNow));
    for (std::uint32_t mark = 1; mark <= 4; ++mark) pool.put("a:80", connection(mark));
    EXPECT_EQ(pool.size(), 4u);
  }
  origins_.clear();
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace mogura::proxy::detail
