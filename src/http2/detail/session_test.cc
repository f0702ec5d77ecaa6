// What both sides do alike, seen through the server's side and the client's.

#include "http2/detail/session.h"

#include <gtest/gtest.h>

#include "http2/frames_test.h"

namespace mogura::http2 {
namespace {

// The value of a setting in the first SETTINGS frame, or 0.
std::uint32_t setting(const std::vector<Seen>& seen, std::uint32_t wanted) {
  const std::vector<Seen> settings = of_type(seen, kSettings);
  if (settings.empty()) return 0;
  const std::string& payload = settings.front().payload;
  for (std::size_t at = 0; at + 6 <= payload.size(); at += 6) {
    if (number_in(payload.substr(at, 2)) == wanted) return number_in(payload.substr(at + 2, 4));
  }
  return 0;
}

std::uint32_t goaway_code(std::string_view bytes) {
  const std::vector<Seen> goodbyes = of_type(frames_in(bytes), kGoaway);
  return goodbyes.empty() ? 0 : number_in(std::string_view(goodbyes.back().payload).substr(4, 4));
}

constexpr std::uint32_t kProtocolError = 1, kEnhanceYourCalm = 11;

TEST(Http2Session, AllowanceGrowsWithTime) {
  detail::Allowance allowance(2, 10);
  EXPECT_TRUE(allowance.take(1));
  EXPECT_TRUE(allowance.take(1));
  EXPECT_FALSE(allowance.take(100));
  EXPECT_TRUE(allowance.take(101));
  EXPECT_FALSE(allowance.take(102));
  EXPECT_TRUE(allowance.take(1'000'000'000));
  EXPECT_TRUE(allowance.take(1'000'000'000));
  EXPECT_FALSE(allowance.take(1'000'000'000));
}

TEST(Http2Session, SettingsSayTheBounds) {
  Bounds bounds;
  bounds.streams = 7;
  bounds.stream_window = 40'000;
  bounds.head_bytes = 5000;
  bounds.connection_window = 200'000;
  Server server({.bounds = bounds});
  const std::vector<Seen> seen = frames_in(written(server));
  EXPECT_EQ(setting(seen, 3), 7u);
  EXPECT_EQ(setting(seen, 4), 40'000u);
  EXPECT_EQ(setting(seen, 6), 5000u);
  EXPECT_EQ(setting(seen, 8), 0u) << "extended CONNECT is not offered";
  const std::vector<Seen> windows = of_type(seen, kWindow);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(number_in(windows[0].payload), 200'000u - 65'535u);
}

TEST(Http2Session, AnswersPing) {
  Server server({});
  server.receive(opening() + frame(kPing, 0, 0, "12345678"), 1);
  const std::vector<Seen> pings = of_type(frames_in(written(server)), kPing);
  ASSERT_EQ(pings.size(), 1u);
  EXPECT_EQ(pings[0].flags, kAck);
  EXPECT_EQ(pings[0].payload, "12345678");
}

TEST(Http2Session, WhatIsNoPrefaceEndsTheConnection) {
  Server server({});
  EXPECT_FALSE(server.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1));
  EXPECT_TRUE(server.is_over());
  EXPECT_EQ(server.counts().malformed, 1u);
  EXPECT_FALSE(server.receive(opening(), 1)) << "and nothing is read again";
}

TEST(Http2Session, FloodsEndTheConnectionAtTheirAllowance) {
  Bounds bounds;
  bounds.resets = 10;
  bounds.resets_per_second = 1;
  bounds.idle_frames = 20;
  bounds.idle_frames_per_second = 1;
  bounds.acknowledgements = 1000;
  const struct {
    std::string_view why;
    std::string start, each;
    unsigned most;
  } rows[] = {
      {"PING", "", frame(kPing, 0, 0, "12345678"), 19},  // one is the SETTINGS of the opening
      {"SETTINGS", "", frame(kSettings, 0, 0), 19},
      {"PRIORITY", "", frame(kPriority, 0, 1, std::string(5, '\0')), 19},
      {"empty DATA", headers(1, post(), false), frame(kData, 0, 1), 19},
  };
  for (const auto& row : rows) {
    Server server({.bounds = bounds});
    server.receive(opening() + row.start, 1);
    for (unsigned i = 0; i < row.most; ++i) EXPECT_TRUE(server.receive(row.each, 1)) << row.why << i;
    EXPECT_EQ(server.counts().floods, 0u) << row.why;
    server.receive(row.each, 1);
    EXPECT_EQ(server.counts().floods, 1u) << row.why;
    EXPECT_EQ(goaway_code(written(server)), kEnhanceYourCalm) << row.why;
    EXPECT_TRUE(server.is_over()) << row.why;
  }
}

TEST(Http2Session, RapidResetsEndTheConnectionAtTheirAllowance) {
  Bounds bounds;
  bounds.resets = 10;
  bounds.resets_per_second = 1;
  Server server({.bounds = bounds});
  server.receive(opening(), 1);
  std::uint32_t id = 1;
  const auto open_and_reset = [&](std::int64_t now_ms) {
    const std::string bytes = headers(id, get()) + frame(kReset, 0, id, number(8));
    id += 2;
    server.receive(bytes, now_ms);
    for (const StreamId each : changed(server)) server.forget(each);
  };
  for (int i = 0; i < 10; ++i) open_and_reset(1);
  open_and_reset(1001);
  EXPECT_EQ(server.counts().floods, 0u);
  open_and_reset(1001);
  EXPECT_EQ(server.counts().floods, 1u);
  EXPECT_EQ(server.counts().peer_resets, 12u);
  EXPECT_EQ(goaway_code(written(server)), kEnhanceYourCalm);
}

TEST(Http2Session, AcknowledgementsThatCannotGoAreBounded) {
  Bounds bounds;
  bounds.acknowledgements = 5;
  Server server({.bounds = bounds});
  (void)written(server);
  server.receive(opening(), 1);
  bool goes_on = true;
  for (int i = 0; i < 7 && goes_on; ++i) goes_on = server.receive(frame(kPing, 0, 0, "12345678"), 1);
  EXPECT_FALSE(goes_on);
  EXPECT_EQ(server.counts().floods, 1u);
}

// CVE-2024-28182: Debian's library ends it after so many, whatever they carry.
TEST(Http2Session, ContinuationsWithoutEndEndTheConnection) {
  Server server({});
  server.receive(opening() + frame(kHeaders, kEndStream, 1, block(get())), 1);
  EXPECT_TRUE(server.is_within_head());
  unsigned count = 0;
  while (count < 1000 && server.receive(frame(kContinuation, 0, 1, block({{"x", "y"}})), 1)) ++count;
  EXPECT_LT(count, 100u);
  EXPECT_TRUE(changed(server).empty());
}

TEST(Http2Session, APromiseIsRefused) {
  Client client({});
  const ExchangeId id = client.begin();
  client.give_request(id, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::vector<Seen> seen = frames_in(written(client).substr(kPreface.size()));
  EXPECT_EQ(setting(seen, 2), 0u);
  client.receive(frame(kSettings, 0, 0) + frame(kSettings, kAck, 0) +
                     frame(kPush, kEndHeaders, 1, number(2) + block(get())),
                 1);
  EXPECT_EQ(goaway_code(written(client)), kProtocolError);
}

}  // namespace
}  // namespace mogura::http2
