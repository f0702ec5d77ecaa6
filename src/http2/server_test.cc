#include "http2/server.h"

#include <gtest/gtest.h>

#include "http2/frames_test.h"

namespace mogura::http2 {
namespace {

constexpr std::uint32_t kNoError = 0, kProtocolError = 1, kInternalError = 2, kRefusedStream = 7;

// The code of the stream's reset; nothing: it was not reset.
std::optional<std::uint32_t> reset_code(std::string_view bytes, std::uint32_t id = 1) {
  for (const Seen& each : of_type(frames_in(bytes), kReset)) {
    if (each.id == id) return number_in(each.payload);
  }
  return {};
}

std::string data_of(std::string_view bytes, std::uint32_t id = 1) {
  std::string data;
  for (const Seen& each : of_type(frames_in(bytes), kData)) {
    if (each.id == id) data += each.payload;
  }
  return data;
}

struct Asked {
  explicit Asked(const std::string& frames, const Bounds& bounds = {}) : server({.bounds = bounds}) {
    (void)written(server);
    server.receive(opening() + frames, 1);
    ids = changed(server);
  }
  Server server;
  std::vector<StreamId> ids;
};

TEST(Http2Server, ARequestIsHttp1) {
  Asked asked(headers(1, get("/x")));
  ASSERT_EQ(asked.ids, std::vector<StreamId>{1});
  EXPECT_EQ(take_request(asked.server, 1), "GET /x HTTP/1.1\r\nhost: a.example\r\n\r\n");
  EXPECT_TRUE(asked.server.is_request_whole(1));
}

TEST(Http2Server, TheSameHoweverCut) {
  const std::string bytes = opening() + headers(1, post(), false) + frame(kData, 0, 1, "ab") +
                            frame(kData, 0, 1, "c") + headers(1, {{"x-sum", "1"}});
  for (std::size_t step = 1; step < 60; ++step) {
    Server server({});
    for (std::size_t at = 0; at < bytes.size(); at += step)
      server.receive(std::string_view(bytes).substr(at, step), 1);
    EXPECT_EQ(take_request(server, 1),
              "POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: "
              "chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n");
    EXPECT_TRUE(server.is_request_whole(1));
  }
}

TEST(Http2Server, AnAnswerIsHttp2) {
  Asked asked(headers(1, get()));
  const std::string_view answer =
      "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellonext";
  for (std::size_t step = 1; step <= answer.size(); ++step) {
    Asked each(headers(1, get()));
    take_request(each.server, 1);
    std::size_t at = 0;
    Answer state = Answer::kMore;
    while (state == Answer::kMore) {
      const Server::Given given = each.server.give_answer(1, answer.substr(at, step));
      at += given.bytes;
      state = given.answer;
    }
    EXPECT_EQ(state, Answer::kWhole);
    EXPECT_EQ(answer.substr(at), "next");
    EXPECT_TRUE(each.server.keeps_alive(1));
    const std::string out = written(each.server);
    EXPECT_EQ(of_type(frames_in(out), kHeaders).size(), 2u);
    EXPECT_EQ(data_of(out), "hello");
    EXPECT_TRUE(each.server.is_gone(1));
    EXPECT_EQ(reset_code(out), std::nullopt);
  }
}

TEST(Http2Server, MalformedRequestsAreReset) {
  const struct {
    std::string_view why;
    std::string frames;
  } rows[] = {
      {"no path", headers(1, {{":method", "GET"}, {":scheme", "https"}, {":authority", "a"}})},
      {"two paths",
       headers(
           1,
           {{":method", "GET"}, {":scheme", "https"}, {":authority", "a"}, {":path", "/"}, {":path", "/"}})},
      {"pseudo-header behind a field",
       headers(1,
               {{":method", "GET"}, {"x", "y"}, {":scheme", "https"}, {":authority", "a"}, {":path", "/"}})},
      {"an unknown pseudo-header",
       headers(1,
               {{":method", "GET"}, {":scheme", "https"}, {":authority", "a"}, {":path", "/"}, {":x", "/"}})},
      {"a capital", headers(1, post({{"X-A", "1"}}))},
      {"a line end in a value", headers(1, post({{"x", "a\r\nb: c"}}))},
      {"NUL in a value", headers(1, post({{"x", std::string("a\0", 2)}}))},
      {"Connection", headers(1, post({{"connection", "close"}}))},
      {"Transfer-Encoding", headers(1, post({{"transfer-encoding", "chunked"}}), false)},
      {"TE: gzip", headers(1, post({{"te", "gzip"}}))},
      {"a space in the path", headers(1, get("/ HTTP/1.1"))},
      {"Host that differs", headers(1, post({{"host", "b"}}))},
      {"a length that is none", headers(1, post({{"content-length", "1x"}}), false)},
      {"two lengths", headers(1, post({{"content-length", "1"}, {"content-length", "1"}}), false)},
      {"fewer bytes than said",
       headers(1, post({{"content-length", "3"}}), false) + frame(kData, kEndStream, 1, "ab")},
      {"more bytes than said",
       headers(1, post({{"content-length", "1"}}), false) + frame(kData, kEndStream, 1, "ab")},
      {"none where some are said", headers(1, post({{"content-length", "1"}}))},
      {"a pseudo-header among trailers", headers(1, post(), false) + headers(1, {{":path", "/"}})},
  };
  for (const auto& row : rows) {
    Asked asked(row.frames);
    EXPECT_EQ(reset_code(written(asked.server)), kProtocolError) << row.why;
    if (!asked.ids.empty()) {
      EXPECT_TRUE(asked.server.is_gone(1)) << row.why;
    }
    EXPECT_FALSE(asked.server.is_over()) << row.why;
  }
}

TEST(Http2Server, HeadsThatAreTooLargeAreAnswered) {
  Bounds bounds;
  bounds.fields = 8;
  bounds.head_bytes = 1000;
  const std::size_t base = [&] {
    std::size_t bytes = 0;
    for (const Field& field : post()) bytes += field.name.size() + field.value.size() + kFieldOverhead;
    return bytes + kFieldOverhead + 1;
  }();
  const struct {
    std::size_t value;
    std::size_t fields;
    bool is_good;
  } rows[] = {{1000 - base, 1, true}, {1001 - base, 1, false}, {1, 4, true}, {1, 5, false}};
  for (const auto& row : rows) {
    Fields more;
    for (std::size_t i = 0; i < row.fields; ++i) more.push_back({"x", std::string(row.value, 'a')});
    Asked asked(headers(1, post(more)), bounds);
    const std::string out = written(asked.server);
    EXPECT_EQ(asked.ids.empty(), !row.is_good) << row.value << ' ' << row.fields;
    EXPECT_EQ(of_type(frames_in(out), kHeaders).size(), row.is_good ? 0u : 1u);
    EXPECT_EQ(asked.server.counts().refused_heads, row.is_good ? 0u : 1u);
    EXPECT_EQ(reset_code(out), std::nullopt);
    EXPECT_EQ(asked.server.open_streams(), row.is_good ? 1u : 0u);
  }
}

TEST(Http2Server, ATunnelInsideIsAnswered) {
  Asked asked(headers(1, {{":method", "CONNECT"}, {":authority", "a:443"}}, false));
  const std::string out = written(asked.server);
  EXPECT_TRUE(asked.ids.empty());
  EXPECT_EQ(of_type(frames_in(out), kHeaders).size(), 1u);
  EXPECT_EQ(reset_code(out), kNoError);
}

TEST(Http2Server, MoreStreamsThanAllowedAreRefused) {
  Bounds bounds;
  bounds.streams = 2;
  Asked asked(headers(1, get()) + headers(3, get()) + headers(5, get()), bounds);
  EXPECT_EQ(asked.ids, (std::vector<StreamId>{1, 3}));
  EXPECT_EQ(reset_code(written(asked.server), 5), kRefusedStream);
}

TEST(Http2Server, WindowsGrowOnlyWithWhatIsTaken) {
  Bounds bounds;
  bounds.stream_window = 1000;
  Asked asked(
      frame(kSettings, kAck, 0) + headers(1, post(), false) + frame(kData, 0, 1, std::string(1000, 'a')),
      bounds);
  EXPECT_TRUE(of_type(frames_in(written(asked.server)), kWindow).empty());
  (void)take_request(asked.server, 1);
  bool has_grown = false;
  for (const Seen& each : of_type(frames_in(written(asked.server)), kWindow))
    has_grown = has_grown || each.id == 1;
  EXPECT_TRUE(has_grown);
}

TEST(Http2Server, MoreThanTheWindowEndsIt) {
  Bounds bounds;
  bounds.stream_window = 1000;
  Asked asked(
      frame(kSettings, kAck, 0) + headers(1, post(), false) + frame(kData, 0, 1, std::string(1001, 'a')),
      bounds);
  EXPECT_TRUE(reset_code(written(asked.server)).has_value() || asked.server.is_over());
}

TEST(Http2Server, AnswersWaitForTheClientsWindow) {
  Asked asked(headers(1, get()));
  take_request(asked.server, 1);
  const std::size_t body = 65'535 + Bounds{}.held_bytes;
  asked.server.give_answer(1, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
  std::size_t given = 0;
  std::string sent;
  while (const std::size_t room = asked.server.answer_room(1)) {
    given += asked.server.give_answer(1, std::string(std::min<std::size_t>(room, 1000), 'x')).bytes;
    sent += data_of(written(asked.server));
  }
  EXPECT_EQ(given, body);
  EXPECT_EQ(sent.size(), 65'535u);
  EXPECT_TRUE(changed(asked.server).empty());
  asked.server.receive(frame(kWindow, 0, 0, number(500)) + frame(kWindow, 0, 1, number(500)), 1);
  EXPECT_EQ(data_of(written(asked.server)).size(), 500u);
  EXPECT_EQ(changed(asked.server), std::vector<StreamId>{1});
  EXPECT_EQ(asked.server.answer_room(1), 500u);
}

TEST(Http2Server, WhatTheClientTakesBackIsGone) {
  Asked asked(headers(1, post(), false) + frame(kData, 0, 1, "ab"));
  asked.server.receive(frame(kReset, 0, 1, number(8)), 1);
  EXPECT_EQ(changed(asked.server), std::vector<StreamId>{1});
  EXPECT_TRUE(asked.server.is_gone(1));
  EXPECT_EQ(asked.server.answer_room(1), 0u);
  asked.server.forget(1);
  EXPECT_EQ(asked.server.open_streams(), 0u);
}

TEST(Http2Server, AnswersThatBreakOffAreReset) {
  const struct {
    std::string_view why, answer;
    bool is_broken, is_untouched;
    std::optional<std::uint32_t> code;
  } rows[] = {
      {"nothing", "", false, false, kInternalError},
      {"nothing, from a connection that had just closed", "", false, true, kRefusedStream},
      {"in its head", "HTTP/1.1 200 O", false, false, kInternalError},
      {"in its length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", false, false, kInternalError},
      {"in its chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhe", false, false,
       kInternalError},
      {"until the end", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhel", false, false, {}},
      {"until a reset", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhel", true, false, kInternalError},
      {"no HTTP", "HELLO\r\n\r\n", false, false, kInternalError},
      {"101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", false, false,
       kInternalError},
  };
  for (const auto& row : rows) {
    Asked asked(headers(1, get()));
    take_request(asked.server, 1);
    asked.server.give_answer(1, row.answer);
    std::string out = written(asked.server);
    asked.server.end_answer(1, row.is_broken, row.is_untouched);
    out += written(asked.server);
    EXPECT_EQ(reset_code(out), row.code) << row.why;
    EXPECT_TRUE(asked.server.is_gone(1)) << row.why;
    EXPECT_FALSE(asked.server.keeps_alive(1)) << row.why;
    EXPECT_FALSE(asked.server.is_over()) << row.why;
  }
}

TEST(Http2Server, AnEarlyAnswerMakesTheRestNeedless) {
  Asked asked(headers(1, post(), false) + frame(kData, 0, 1, "ab"));
  (void)take_request(asked.server, 1);
  EXPECT_EQ(asked.server.give_answer(1, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n").answer,
            Answer::kWhole);
  EXPECT_EQ(reset_code(written(asked.server)), kNoError);
  EXPECT_FALSE(asked.server.keeps_alive(1));
}

TEST(Http2Server, AnswersWithoutBody) {
  const struct {
    std::string_view method, answer;
  } rows[] = {
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
      {"GET", "HTTP/1.1 204 No Content\r\n\r\n"},
      {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"},
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
  };
  for (const auto& row : rows) {
    Fields fields = get();
    fields[0].value = row.method;
    Asked asked(headers(1, fields));
    take_request(asked.server, 1);
    EXPECT_EQ(asked.server.give_answer(1, row.answer).answer, Answer::kWhole) << row.answer;
    const std::vector<Seen> seen = of_type(frames_in(written(asked.server)), kHeaders);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].flags & kEndStream, kEndStream) << row.answer;
  }
}

TEST(Http2Server, TrailersGoBehindTheBody) {
  Asked asked(headers(1, get()));
  take_request(asked.server, 1);
  asked.server.give_answer(
      1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nGrpc-Status: 0\r\n\r\n");
  const std::vector<Seen> seen = frames_in(written(asked.server));
  const std::vector<Seen> heads = of_type(seen, kHeaders);
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[1].flags & kEndStream, kEndStream);
  EXPECT_NE(heads[1].payload, "");
}

TEST(Http2Server, SaysGoodbyeAndServesWhatIsUnderWay) {
  Asked asked(headers(1, get()));
  asked.server.announce_end();
  EXPECT_EQ(of_type(frames_in(written(asked.server)), kGoaway).size(), 1u);
  asked.server.receive(headers(3, get()), 1);
  EXPECT_EQ(changed(asked.server), std::vector<StreamId>{3}) << "it was on its way";
  asked.server.finish();
  EXPECT_EQ(of_type(frames_in(written(asked.server)), kGoaway).size(), 1u);
  asked.server.receive(headers(5, get()), 1);
  EXPECT_TRUE(changed(asked.server).empty());
  for (const StreamId id : {1, 3}) {
    take_request(asked.server, id);
    asked.server.give_answer(id, "HTTP/1.1 204 No\r\n\r\n");
    (void)written(asked.server);
    asked.server.forget(id);
  }
  EXPECT_TRUE(asked.server.is_over());
}

TEST(Http2Server, WhatIsForgottenBeforeItsEndIsReset) {
  Asked asked(headers(1, get()));
  asked.server.forget(1);
  EXPECT_EQ(reset_code(written(asked.server)), kInternalError);
  EXPECT_EQ(asked.server.request(1), "");
  EXPECT_EQ(asked.server.give_answer(1, "HTTP/1.1 204 No\r\n\r\n").answer, Answer::kRefused);
}

TEST(Http2Server, WhatIsForgottenWhenItWasAnsweredStillGoes) {
  Asked asked(headers(1, get()));
  take_request(asked.server, 1);
  asked.server.give_answer(1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  asked.server.forget(1);
  const std::string out = written(asked.server);
  EXPECT_EQ(data_of(out), "hello");
  EXPECT_EQ(reset_code(out), std::nullopt);
  EXPECT_EQ(asked.server.open_streams(), 0u);
}

}  // namespace
}  // namespace mogura::http2
