#include "proxy/detail/http2_edge.h"

#include <gtest/gtest.h>

#include "proxy/testing/http2_ends_test.h"

namespace mogura::proxy::detail {
namespace {

// Answers each request on its connection with its own request line.
Awaitable<void> echo(Stream& stream, bool& /*was_reset*/) {
  while (true) {
    const std::string head = co_await read_until(stream, "\r\n\r\n");
    if (head.empty()) co_return;
    const std::string line = head.substr(0, head.find('\r'));
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(line.size()) + "\r\n\r\n" + line;
    (void)co_await stream.write(answer, Millis(0));
  }
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

TEST(Http2Edge, ServesStreamsByConversationsThatAreUsedAgain) {
  Http2BothEnds both(echo);
  std::vector<std::string> answers;
  both.ask([&](Stream& stream) -> Awaitable<void> {
    for (const char* path : {"/1", "/2", "/3"}) {
      (void)co_await stream.write(get(path), Millis(0));
      (void)co_await read_until(stream, "\r\n\r\n");
      std::string answer = co_await read_until(stream, "HTTP/1.1");
      answers.push_back(std::move(answer));
    }
  });
  both.run();
  EXPECT_EQ(answers, (std::vector<std::string>{"GET /1 HTTP/1.1", "GET /2 HTTP/1.1", "GET /3 HTTP/1.1"}));
  EXPECT_EQ(both.opened, 1u);
  EXPECT_EQ(both.edge->counts().streams, 3u);
}

TEST(Http2Edge, ServesStreamsBesideEachOther) {
  Http2BothEnds both(echo);
  unsigned right = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i);
    both.ask([&right, path](Stream& stream) -> Awaitable<void> {
      (void)co_await stream.write(get(path), Millis(0));
      (void)co_await read_until(stream, "\r\n\r\n");
      const std::string answer = co_await read_until(stream, "HTTP/1.1");
      if (answer == "GET " + path + " HTTP/1.1") ++right;
    });
  }
  both.run();
  EXPECT_EQ(right, 50u);
}

TEST(Http2Edge, RefusesStreamsWhereALimitIsReached) {
  Http2BothEnds both(echo);
  both.open_limit = 0;
  std::string answer = "none";
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(get("/"), Millis(0));
    answer = co_await read_until(stream, "\r\n\r\n");
  });
  both.run();
  EXPECT_EQ(answer, "");
  EXPECT_EQ(both.edge->counts().resets, 1u);
}

TEST(Http2Edge, WhatTheClientTakesBackIsCut) {
  bool was_cut = false, has_begun = false;
  std::unique_ptr<Http2BothEnds> both;
  both = std::make_unique<Http2BothEnds>([&](Stream& stream, bool&) -> Awaitable<void> {
    (void)co_await read_until(stream, "\r\n\r\n");
    has_begun = true;
    (void)co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Millis(0));
    const std::string more = co_await read_until(stream, "\r\n");
    was_cut = more.empty();
  });
  both->ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(get("/"), Millis(0));
    (void)co_await read_until(stream, "half");
    stream.close();
  });
  both->run();
  EXPECT_TRUE(has_begun);
  EXPECT_TRUE(was_cut);
}

TEST(Http2Edge, AnAnswerThatBreaksOffIsNotTakenForWhole) {
  const struct {
    std::string_view why, answer;
    bool resets, is_whole;
  } rows[] = {
      {"within its length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", false, false},
      {"until the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf", false, true},
      {"until a reset", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf", true, false},
      {"without an answer", "", false, false},
  };
  for (const auto& row : rows) {
    Http2BothEnds both([&](Stream& stream, bool& was_reset) -> Awaitable<void> {
      (void)co_await read_until(stream, "\r\n\r\n");
      (void)co_await stream.write(row.answer, Millis(0));
      was_reset = row.resets;
    });
    std::string answer;
    both.ask([&](Stream& stream) -> Awaitable<void> {
      (void)co_await stream.write(get("/"), Millis(0));
      answer = co_await read_until(stream, "\r\n0\r\n\r\n");
    });
    both.run();
    EXPECT_EQ(answer.ends_with("\r\n0\r\n\r\n"), row.is_whole) << row.why << answer;
  }
}

TEST(Http2Edge, SaysGoodbyeWhenToldTo) {
  std::unique_ptr<Http2BothEnds> both;
  both = std::make_unique<Http2BothEnds>([&](Stream& stream, bool&) -> Awaitable<void> {
    (void)co_await read_until(stream, "\r\n\r\n");
    both->edge->wind_down();
    both->sweeper.sweep(coarse_ms() + 1000);
    (void)co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Millis(0));
  });
  std::string answer;
  both->ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(get("/"), Millis(0));
    answer = co_await read_until(stream, "HTTP/1.1 200 OK\r\n");
  });
  both->run();
  EXPECT_EQ(answer, "HTTP/1.1 200 OK\r\n") << "it was on its way";
}

TEST(Http2Edge, AnIdleClientIsSentAway) {
  Http2BothEnds both(echo);
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(get("/"), Millis(0));
    (void)co_await read_until(stream, "HTTP/1.1 200 OK\r\n");
  });
  while (both.edge->counts().streams == 0) both.context.run_one();
  while (both.context.poll() != 0) {
  }
  both.sweeper.sweep(coarse_ms() + 61'000);
  both.context.run();
  EXPECT_TRUE(both.edge_is_over);
}

TEST(Http2Edge, ALargeBodyWaitsForWhoReadsIt) {
  ProxyLimits limits;
  limits.held_bytes = 65'536;
  const std::size_t size = std::size_t{8} << 20;
  std::size_t sent = 0, received = 0;
  Http2BothEnds both(
      [&](Stream& stream, bool&) -> Awaitable<void> {
        (void)co_await read_until(stream, "\r\n\r\n");
        (void)co_await stream.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n",
                                    Millis(0));
        const std::string piece(65'536, 'x');
        for (; sent < size; sent += piece.size()) {
          if (co_await stream.write(piece, Millis(0)) != Io::kOk) co_return;
        }
      },
      limits);
  both.ask([&](Stream& stream) -> Awaitable<void> {
    (void)co_await stream.write(get("/"), Millis(0));
    (void)co_await read_until(stream, "\r\n\r\n");
    // Nothing is read until nothing moves any more.
    std::size_t before = 1;
    while (before != sent) {
      before = sent;
      for (int i = 0; i < 1000; ++i) co_await boost::asio::post(both.context, kAwait);
    }
    EXPECT_LT(sent, std::size_t{3} << 20);
    received = co_await read_count(stream, size);
  });
  both.run();
  EXPECT_EQ(received, size);
}

}  // namespace
}  // namespace mogura::proxy::detail
