#include "proxy/detail/http2_origin.h"

#include <gtest/gtest.h>

#include "proxy/testing/http2_ends_test.h"

namespace mogura::proxy::detail {
namespace {

Awaitable<void> say_no(Stream& stream, bool& /*was_reset*/) {
  while (true) {
    const std::string head = co_await read_until(stream, "\r\n\r\n");
    if (head.empty()) co_return;
    (void)co_await stream.write("HTTP/1.1 204 No Content\r\n\r\n", Millis(0));
  }
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

TEST(Http2Origin, UploadsAndDownloadsGoAtOnce) {
  const std::size_t size = std::size_t{4} << 20;
  std::size_t up = 0, down = 0;
  Http2BothEnds both([&](Stream& stream, bool&) -> Awaitable<void> {
    (void)co_await read_until(stream, "\r\n\r\n");
    (void)co_await stream.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Millis(0));
    std::string bytes(16'384, '\0');
    while (up < size) {
      const Read got = co_await stream.read(bytes.data(), bytes.size(), Millis(0));
      if (got.io != Io::kOk) co_return;
      up += got.bytes;
    }
    const std::string chunk = "4000\r\n" + std::string(16'384, 'x') + "\r\n";
    for (; down < size; down += 16'384) (void)co_await stream.write(chunk, Millis(0));
    (void)co_await stream.write("0\r\nX-Sum: 1\r\n\r\n", Millis(0));
  });
  std::string end;
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n", Millis(0));
    SignalEvent has_written(both.context);
    auto write = [&]() -> Awaitable<void> {
      const std::string body(size, 'u');
      const Io io = co_await stream.write(body, Millis(0));
      EXPECT_EQ(io, Io::kOk);
      has_written.set();
    };
    boost::asio::co_spawn(both.context, write(), boost::asio::detached);
    const std::size_t first = co_await read_count(stream, size);
    EXPECT_EQ(first, size);
    end = co_await read_until(stream, "x-sum: 1\r\n\r\n");
    co_await has_written.wait();
  });
  both.run();
  EXPECT_EQ(up, size);
  EXPECT_TRUE(end.ends_with("\r\n0\r\nx-sum: 1\r\n\r\n"));
}

TEST(Http2Origin, ASocketServesOneRequestAfterAnother) {
  Http2BothEnds both(say_no);
  int served = 0;
  both.ask([&](Stream& stream) -> Awaitable<void> {
    for (int i = 0; i < 300; ++i) {
      (void)co_await stream.write(kGet, Millis(0));
      const std::string answer = co_await read_until(stream, "\r\n\r\n");
      if (answer.starts_with("HTTP/1.1 204")) ++served;
    }
  });
  both.run();
  EXPECT_EQ(served, 300);
  EXPECT_EQ(both.edge->counts().streams, 300u);
  EXPECT_EQ(both.edge->counts().peer_resets, 0u);
}

TEST(Http2Origin, WhatIsNoRequestClosesItsSocketOnly) {
  for (const std::string_view bytes :
       {"HELLO\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"}) {
    Http2BothEnds both(say_no);
    std::string answer = "none";
    both.ask([&](Stream& stream) -> Awaitable<void> {
      (void)co_await stream.write(bytes, Millis(0));
      answer = co_await read_until(stream, "\r\n\r\n");
    });
    std::string other;
    both.ask([&](Stream& stream) -> Awaitable<void> {
      (void)co_await stream.write(kGet, Millis(0));
      other = co_await read_until(stream, "\r\n\r\n");
    });
    both.run();
    EXPECT_EQ(answer, "") << bytes;
    EXPECT_EQ(other, "HTTP/1.1 204 No Content\r\n\r\n");
  }
}

TEST(Http2Origin, AnEarlyAnswerEndsItsSocket) {
  Http2BothEnds both([](Stream& stream, bool&) -> Awaitable<void> {
    (void)co_await read_until(stream, "\r\n\r\n");
    (void)co_await stream.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", Millis(0));
    (void)co_await read_until(stream, "never");
  });
  std::string answer;
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nsome", Millis(0));
    answer = co_await read_until(stream, "never");
  });
  both.run();
  EXPECT_EQ(answer, "HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
}

TEST(Http2Origin, GivesOutNoSocketWhenItIsGoing) {
  std::unique_ptr<Http2BothEnds> both;
  both = std::make_unique<Http2BothEnds>([&](Stream& stream, bool&) -> Awaitable<void> {
    (void)co_await read_until(stream, "\r\n\r\n");
    both->origin->wind_down();
    EXPECT_FALSE(both->origin->open().has_value());
    (void)co_await stream.write("HTTP/1.1 204 No Content\r\n\r\n", Millis(0));
  });
  std::string answer;
  both->ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(kGet, Millis(0));
    answer = co_await read_until(stream, "\r\n\r\n");
  });
  both->run();
  EXPECT_EQ(answer, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Http2Origin, GoesWhenItIsIdle) {
  Http2BothEnds both(say_no);
  while (both.context.poll() != 0) {
  }
  both.sweeper.sweep(coarse_ms() + 31'000);
  both.context.run();
  EXPECT_TRUE(both.origin->is_over());
  EXPECT_TRUE(both.edge_is_over);
}

TEST(Http2Origin, WhoWaitsLearnsThatTheConnectionIsCut) {
  Http2BothEnds both(
      [](Stream& stream, bool&) -> Awaitable<void> { (void)co_await read_until(stream, "never"); });
  std::string answer = "none";
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(kGet, Millis(0));
    both.origin->cut();
    answer = co_await read_until(stream, "never");
  });
  both.run();
  EXPECT_EQ(answer, "");
}

}  // namespace
}  // namespace mogura::proxy::detail
