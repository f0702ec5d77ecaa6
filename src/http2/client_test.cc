#include "http2/client.h"

#include <gtest/gtest.h>

#include "http2/frames_test.h"

namespace mogura::http2 {
namespace {

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";

TEST(Http2Client, ARequestGoesAndItsAnswerComes) {
  Pair pair;
  const ExchangeId id = pair.ask(kGet);
  ASSERT_EQ(changed(pair.server), std::vector<StreamId>{1});
  EXPECT_EQ(take_request(pair.server, 1), "GET /x HTTP/1.1\r\nhost: a.example\r\n\r\n");
  pair.server.give_answer(1, "HTTP/1.1 200 Fine\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
  pair.exchange();
  EXPECT_EQ(take_response(pair.client, id), "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello");
  EXPECT_TRUE(pair.client.is_response_whole(id));
}

TEST(Http2Client, BodiesAndTrailersPassBothWays) {
  Pair pair;
  const std::string_view request =
      "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n";
  for (std::size_t step = 1; step < request.size(); step += 7) {
    const ExchangeId id = pair.client.begin();
    std::size_t at = 0;
    Client::Given given;
    while (given.request == Client::Request::kMore) {
      given = pair.client.give_request(id, request.substr(at, step));
      at += given.bytes;
      pair.exchange();
    }
    EXPECT_EQ(given.request, Client::Request::kWhole);
    const StreamId stream = changed(pair.server).back();
    const std::string seen = take_request(pair.server, stream);
    EXPECT_TRUE(
        seen.starts_with("POST / HTTP/1.1\r\nhost: a\r\nte: trailers\r\ntransfer-encoding: chunked\r\n\r\n"))
        << seen;
    EXPECT_TRUE(seen.ends_with("0\r\nx-sum: 1\r\n\r\n")) << seen;
    pair.server.give_answer(
        stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 2\r\n\r\n");
    pair.exchange();
    EXPECT_EQ(take_response(pair.client, id),
              "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-t: 2\r\n\r\n");
    pair.client.end(id);
    pair.server.forget(stream);
  }
  EXPECT_EQ(pair.client.open_exchanges(), 0u);
  EXPECT_EQ(pair.server.open_streams(), 0u);
}

TEST(Http2Client, InterimAnswersPass) {
  Pair pair;
  const ExchangeId id =
      pair.ask("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  pair.server.give_answer(1, "HTTP/1.1 100 Continue\r\n\r\n");
  pair.exchange();
  EXPECT_EQ(take_response(pair.client, id), "HTTP/1.1 100 Continue\r\n\r\n");
  pair.client.give_request(id, "ab");
  pair.server.give_answer(1, "HTTP/1.1 103 x\r\nLink: l\r\n\r\nHTTP/1.1 204 x\r\n\r\n");
  pair.exchange();
  EXPECT_EQ(take_response(pair.client, id),
            "HTTP/1.1 103 Early Hints\r\nlink: l\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_TRUE(pair.client.is_response_whole(id));
}

TEST(Http2Client, LargeBodiesPassThroughSmallWindows) {
  Bounds bounds;
  bounds.stream_window = bounds.connection_window = 70'000;
  bounds.held_bytes = 5000;
  Pair pair(bounds, bounds);
  const std::size_t size = 1'000'000;
  const ExchangeId id =
      pair.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  pair.server.give_answer(1, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
  std::size_t up = 0, down = 0, up_seen = 0, down_seen = 0;
  for (int turns = 0; turns < 10'000 && (up_seen < size || down_seen < size); ++turns) {
    if (const std::size_t room = std::min(pair.client.request_room(id), size - up))
      up += pair.client.give_request(id, std::string(room, 'u')).bytes;
    if (const std::size_t room = std::min(pair.server.answer_room(1), size - (up_seen < size ? 1 : 0) - down))
      down += pair.server.give_answer(1, std::string(room, 'd')).bytes;
    pair.exchange();
    const std::string request = take_request(pair.server, 1), response = take_response(pair.client, id);
    up_seen += static_cast<std::size_t>(std::count(request.begin(), request.end(), 'u'));
    down_seen += static_cast<std::size_t>(std::count(response.begin(), response.end(), 'd'));
  }
  EXPECT_EQ(up_seen, size);
  EXPECT_EQ(down_seen, size);
  pair.exchange();
  EXPECT_TRUE(pair.client.is_response_whole(id));
}

TEST(Http2Client, WhatCannotBeHttp2IsRefused) {
  for (const std::string_view request :
       {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "HELLO\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    Client client({});
    EXPECT_EQ(client.give_request(client.begin(), request).request, Client::Request::kRefused) << request;
  }
}

TEST(Http2Client, AnswersThatBreakOffAreGoneBeforeTheirEnd) {
  Pair pair;
  const ExchangeId id = pair.ask(kGet);
  pair.server.give_answer(1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
  pair.exchange();
  pair.server.end_answer(1, true);
  pair.exchange();
  EXPECT_EQ(take_response(pair.client, id), "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel");
  EXPECT_TRUE(pair.client.is_gone(id));
  EXPECT_FALSE(pair.client.is_response_whole(id));
}

TEST(Http2Client, WhatNobodyWantsAnyMoreIsCancelled) {
  Pair pair;
  const ExchangeId id = pair.ask(kGet);
  (void)changed(pair.server);
  pair.client.end(id);
  pair.exchange();
  EXPECT_EQ(changed(pair.server), std::vector<StreamId>{1});
  EXPECT_TRUE(pair.server.is_gone(1));
  EXPECT_EQ(pair.server.counts().peer_resets, 1u);
}

TEST(Http2Client, MalformedAnswersAreReset) {
  const std::string start = frame(kSettings, 0, 0) + frame(kSettings, kAck, 0);
  for (const std::string& answer :
       {headers(1, {{"x", "y"}}), headers(1, {{":status", "200"}, {":status", "200"}}),
        headers(1, {{":status", "200"}, {"X", "y"}}), headers(1, {{":status", "200"}, {"x", "a\nb"}}),
        headers(1, {{":status", "200"}, {"transfer-encoding", "chunked"}}),
        headers(1, {{":status", "101"}}, false),
        headers(1, {{":status", "200"}, {"content-length", "2"}}, false) +
            frame(kData, kEndStream, 1, "abc")}) {
    Client client({});
    const ExchangeId id = client.begin();
    client.give_request(id, kGet);
    (void)written(client);
    client.receive(start + answer, 1);
    const std::vector<Seen> seen = frames_in(written(client));
    EXPECT_FALSE(of_type(seen, kReset).empty() && of_type(seen, kGoaway).empty());
    EXPECT_FALSE(client.is_response_whole(id));
  }
}

TEST(Http2Client, GoodbyeEndsNewOnesAndRefusesWhatWasNotServed) {
  Pair pair;
  const ExchangeId first = pair.ask(kGet);
  EXPECT_TRUE(pair.client.has_room());
  pair.server.finish();
  const ExchangeId second = pair.client.begin();
  pair.client.give_request(second, kGet);
  pair.exchange();
  EXPECT_FALSE(pair.client.has_room());
  EXPECT_TRUE(pair.client.is_gone(second));
  pair.server.give_answer(1, "HTTP/1.1 204 x\r\n\r\n");
  pair.exchange();
  EXPECT_EQ(take_response(pair.client, first), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Http2Client, KnowsWhoWantsHttp1) {
  Client client({});
  const ExchangeId id = client.begin();
  client.give_request(id, kGet);
  (void)written(client);
  client.receive(frame(kSettings, 0, 0) + frame(kReset, 0, 1, number(13)), 1);
  EXPECT_TRUE(client.wants_http1());
  EXPECT_TRUE(client.is_gone(id));
}

TEST(Http2Client, HasRoomForAsManyAsTheOriginAllows) {
  Bounds bounds;
  bounds.streams = 2;
  Pair pair(bounds);
  pair.exchange();
  pair.ask(kGet);
  EXPECT_TRUE(pair.client.has_room());
  pair.ask(kGet);
  EXPECT_FALSE(pair.client.has_room());
}

}  // namespace
}  // namespace mogura::http2
