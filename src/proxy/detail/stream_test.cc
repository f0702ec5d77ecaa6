#include "proxy/detail/stream.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <thread>

#include "proxy/detail/interception.h"
#include "proxy/testing/tls_pair_test.h"

namespace mogura::proxy::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Two ends of one connection on loopback, both in one loop.
struct Pair {
  Pair() {
    Acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    Socket one(context);
    one.connect(acceptor.local_endpoint());
    Socket two = acceptor.accept();
    near = std::make_unique<Stream>(sweeper, std::move(one));
    far = std::make_unique<Stream>(sweeper, std::move(two));
  }
  // Runs until nothing is left to do; sweeps as if so much time had passed whenever all wait.
  void run(std::int64_t later_ms = 0) {
    while (context.poll() != 0) {
    }
    if (later_ms != 0) sweeper.sweep(coarse_ms() + later_ms);
    context.run();
  }

  asio::io_context context;
  Sweeper sweeper;
  std::unique_ptr<Stream> near, far;
};

TEST(Stream, ReadsWhatTheOtherSideWroteAndThenItsEnd) {
  Pair pair;
  std::string got;
  Io end = Io::kOk;
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        std::array<char, 16> bytes{};
        EXPECT_EQ(co_await pair.far->write("hello", Millis(1000)), Io::kOk);
        const Read read = co_await pair.near->read(bytes.data(), bytes.size(), Millis(1000));
        got.assign(bytes.data(), read.bytes);
        pair.far->shutdown_write();
        end = (co_await pair.near->read(bytes.data(), bytes.size(), Millis(1000))).io;
      },
      asio::detached);
  pair.run();
  EXPECT_EQ(got, "hello");
  EXPECT_EQ(end, Io::kEnd);
}

TEST(Stream, AWaitEndsWhenItsPatienceIsOver) {
  Pair pair;
  Io io = Io::kOk;
  asio::co_spawn(
      pair.context, [&]() -> Awaitable<void> { io = co_await pair.near->readable(Millis(5000)); },
      asio::detached);
  pair.run(5100);
  EXPECT_EQ(io, Io::kTimeout);
}

TEST(Stream, ATimeoutIsOfOneWaitOnly) {
  Pair pair;
  Io first = Io::kOk, second = Io::kError;
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        first = co_await pair.near->readable(Millis(5000));
        (void)co_await pair.far->write("x", Millis(1000));
        second = co_await pair.near->readable(Millis(5000));
      },
      asio::detached);
  pair.run(5100);
  EXPECT_EQ(first, Io::kTimeout);
  EXPECT_EQ(second, Io::kOk);
}

TEST(Stream, CutEndsWhatWaitsAndAllThatFollows) {
  Pair pair;
  Io io = Io::kOk, later = Io::kOk;
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        io = co_await pair.near->readable(Millis(0));
        later = co_await pair.near->write("x", Millis(0));
      },
      asio::detached);
  (void)pair.context.poll();
  pair.near->cut();
  pair.run();
  EXPECT_EQ(io, Io::kCut);
  EXPECT_EQ(later, Io::kCut);
}

TEST(Stream, WritesMoreThanTheSystemHolds) {
  Pair pair;
  const std::string sent(std::size_t{16} << 20, 'x');
  std::size_t got = 0;
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        EXPECT_EQ(co_await pair.near->write(sent, Millis(10'000)), Io::kOk);
        pair.near->shutdown_write();
      },
      asio::detached);
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        std::vector<char> bytes(65536);
        while (true) {
          const Read read = co_await pair.far->read(bytes.data(), bytes.size(), Millis(10'000));
          if (read.io != Io::kOk) co_return;
          got += read.bytes;
        }
      },
      asio::detached);
  pair.run();
  EXPECT_EQ(got, sent.size());
}

// The same with TLS: `near` is the client, `far` the server.
struct SecurePair : Pair {
  SecurePair() {
    Intercept options = files.options();
    options.trust_files = {files.path("ca.pem")};
    interception = *Interception::make(options, kTestTime);
    leaf = *interception->authority().issue("www.example", Timestamp(std::chrono::seconds(time(nullptr))));
    far->encrypt(interception->to_client(far->socket().native_handle(), "www.example", leaf.get()));
    near->encrypt(interception->to_origin(near->socket().native_handle(), "www.example", {}, nullptr));
  }
  Awaitable<Io> shake_hands(Stream& stream) { co_return co_await stream.handshake(Millis(10'000)); }

  const TlsFiles files;
  std::shared_ptr<const Interception> interception;
  certificate::Certificate leaf;
};

TEST(SecureStream, CarriesBothWaysAtOnceAndEndsInOrder) {
  SecurePair pair;
  const std::string sent(std::size_t{4} << 20, 'x');
  std::size_t got_far = 0, got_near = 0;
  Io end = Io::kOk;
  const auto send = [&](Stream& from) -> Awaitable<void> {
    EXPECT_EQ(co_await pair.shake_hands(from), Io::kOk);
    const Stream::Passed passed = co_await from.pass(sent, Millis(10'000));
    EXPECT_EQ(passed.io, Io::kOk);
    EXPECT_TRUE(passed.had_to_wait);
    from.shutdown_write();
  };
  const auto receive = [&](Stream& to, std::size_t& got) -> Awaitable<void> {
    // The writer of this end shakes hands.
    while (!to.tls()->is_done()) co_await asio::post(pair.context, kAwait);
    std::vector<char> bytes(65536);
    while (true) {
      const Read read = co_await to.read(bytes.data(), bytes.size(), Millis(10'000));
      end = read.io;
      if (read.io != Io::kOk) co_return;
      got += read.bytes;
    }
  };
  asio::co_spawn(pair.context, send(*pair.near), asio::detached);
  asio::co_spawn(pair.context, send(*pair.far), asio::detached);
  asio::co_spawn(pair.context, receive(*pair.near, got_near), asio::detached);
  asio::co_spawn(pair.context, receive(*pair.far, got_far), asio::detached);
  pair.run();
  EXPECT_EQ(got_near, sent.size());
  EXPECT_EQ(got_far, sent.size());
  EXPECT_EQ(end, Io::kEnd);
}

TEST(SecureStream, AHandshakeThatDoesNotGoOnEnds) {
  for (const bool is_cut : {false, true}) {
    SecurePair pair;
    Io io = Io::kOk;
    asio::co_spawn(
        pair.context, [&]() -> Awaitable<void> { io = co_await pair.near->handshake(Millis(5000)); },
        asio::detached);
    (void)pair.context.poll();
    if (is_cut) pair.near->cut();
    pair.run(5100);
    EXPECT_EQ(io, is_cut ? Io::kCut : Io::kTimeout);
  }
}

TEST(SecureStream, AnEndWithoutGoodbyeIsPassedOnAsOne) {
  SecurePair pair;
  SecurePair other;
  Io end = Io::kOk;
  asio::co_spawn(
      pair.context,
      [&]() -> Awaitable<void> {
        std::array<char, 16> byte{};
        EXPECT_EQ(co_await pair.near->handshake(Millis(5000)), Io::kOk);
        ::shutdown(pair.far->socket().native_handle(), SHUT_WR);
        end = (co_await pair.near->read(byte.data(), byte.size(), Millis(5000))).io;
        pair.near->pass_on_end(*other.far);
      },
      asio::detached);
  asio::co_spawn(
      pair.context, [&]() -> Awaitable<void> { (void)co_await pair.shake_hands(*pair.far); }, asio::detached);
  pair.run();
  EXPECT_EQ(end, Io::kEnd);
  EXPECT_TRUE(pair.near->tls()->was_cut_off());
}

}  // namespace
}  // namespace mogura::proxy::detail
