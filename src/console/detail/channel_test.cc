#include "console/detail/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <thread>

#include "console/testing/files_test.h"

namespace mogura::console::detail {
namespace {

using namespace testing;

// Both ends of a connection: ours in a coroutine, the other one with system calls.
struct Pair {
  explicit Pair(const Channel::Tls& tls = nullptr) {
    boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
    other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto endpoint = acceptor.local_endpoint();
    (void)::connect(other, endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    Socket socket(context);
    acceptor.accept(socket);
    channel.emplace(std::move(socket), tls);
  }
  ~Pair() { ::close(other); }
  // Until it is done; time-outs are looked for all the time.
  void run(const std::function<Awaitable<void>(Channel&)>& act) {
    bool is_done = false;
    boost::asio::co_spawn(context, act(*channel), [&is_done](const std::exception_ptr&) { is_done = true; });
    while (!is_done) {
      context.restart();
      if (context.poll() == 0) std::this_thread::yield();
      channel->sweep(moment());
    }
  }

  boost::asio::io_context context;
  std::optional<Channel> channel;
  int other = -1;
};

TEST(Channel, ReadsAndWrites) {
  Pair pair;
  ASSERT_EQ(::send(pair.other, "hello", 5, 0), 5);
  std::array<char, 16> bytes{};
  std::size_t got = 0;
  bool is_written = false;
  pair.run([&](Channel& channel) -> Awaitable<void> {
    got = co_await channel.read(bytes.data(), bytes.size(), moment() + Millis(10'000));
    is_written = co_await channel.write("answer", Millis(10'000));
  });
  EXPECT_EQ(std::string_view(bytes.data(), got), "hello");
  EXPECT_TRUE(is_written);
  EXPECT_EQ(::recv(pair.other, bytes.data(), bytes.size(), 0), 6);
}

TEST(Channel, ReadingEndsAtTheDeadlineAndThenForGood) {
  Pair pair;
  std::array<char, 16> bytes{};
  std::size_t got = 1;
  pair.run([&](Channel& channel) -> Awaitable<void> {
    got = co_await channel.read(bytes.data(), bytes.size(), moment() + Millis(5));
  });
  EXPECT_EQ(got, 0U);
  EXPECT_TRUE(pair.channel->is_cut());
  bool is_written = true;
  pair.run([&](Channel& channel) -> Awaitable<void> { is_written = co_await channel.write("x", Millis(5)); });
  EXPECT_FALSE(is_written);
}

TEST(Channel, WritingToWhoDoesNotReadEnds) {
  Pair pair;
  const std::string much(std::size_t{64} << 20, 'a');
  bool is_written = true;
  pair.run(
      [&](Channel& channel) -> Awaitable<void> { is_written = co_await channel.write(much, Millis(20)); });
  EXPECT_FALSE(is_written);
}

TEST(Channel, AHandshakeThatDoesNotComeEnds) {
  const Folder folder;
  const Certificate made = make_certificate();
  const auto tls = open_tls(folder.write("c", made.chain), folder.write("k", made.key));
  ASSERT_TRUE(tls);
  for (const std::string_view text : {std::string_view(), std::string_view("GET / HTTP/1.1\r\n\r\n")}) {
    Pair pair(*tls);
    ASSERT_EQ(::send(pair.other, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    bool is_agreed = true;
    pair.run([&](Channel& channel) -> Awaitable<void> { is_agreed = co_await channel.handshake(Millis(5)); });
    EXPECT_FALSE(is_agreed) << text;
  }
}

TEST(Channel, SeesWhatComesWithoutReadingIt) {
  Pair pair;
  EXPECT_FALSE(pair.channel->has_input());
  ASSERT_EQ(::send(pair.other, "x", 1, 0), 1);
  while (!pair.channel->has_input()) std::this_thread::yield();
  Pair ended;
  ::shutdown(ended.other, SHUT_WR);
  while (!ended.channel->has_input()) std::this_thread::yield();
}

TEST(Channel, ClosingWaitsForTheOtherSideButNotForLong) {
  Pair pair;
  ASSERT_EQ(::send(pair.other, "unread", 6, 0), 6);
  pair.run([](Channel& channel) -> Awaitable<void> {
    (void)co_await channel.write("last words", Millis(10'000));
    co_await channel.close(Millis(5));
  });
  std::array<char, 16> bytes{};
  EXPECT_EQ(::recv(pair.other, bytes.data(), bytes.size(), 0), 10) << "not lost in a reset";
  EXPECT_EQ(::recv(pair.other, bytes.data(), bytes.size(), 0), 0);
}

}  // namespace
}  // namespace mogura::console::detail
