#include <gtest/gtest.h>

#include "feature/detail/make_test.h"
#include "feature/features.h"

namespace mogura::feature {
namespace {

using session::Kind;
using session::Session;

Session typing() {
  Session s = make_session(0, 40);
  s.kind = Kind::kConnect;
  s.exchanges = {150, 180};
  s.small_messages = {140, 160};
  s.turns = 290;
  s.has_interval = true;
  s.interval_median_s = 0.11;
  s.interval_mad_s = 0.05;
  return s;
}

TEST(Shape, SharesAreOfBytesMessagesAndTurns) {
  Session s = make_session(0, 2.5);
  s.bytes = {300, 700};
  s.exchanges = {4, 2};
  s.small_messages = {1, 2};
  s.turns = 3;
  const Shape shape = shape_of(s);
  EXPECT_DOUBLE_EQ(shape.duration_s, 2.5);
  EXPECT_DOUBLE_EQ(shape.up_share, 0.3);
  EXPECT_DOUBLE_EQ(shape.small_up_share, 0.25);
  EXPECT_DOUBLE_EQ(shape.turns_per_message, 0.6);
}

TEST(Shape, OfNothingIsZero) {
  const Shape shape = shape_of(Session());
  EXPECT_EQ(shape.up_share, 0);
  EXPECT_EQ(shape.turns_per_message, 0);
  EXPECT_EQ(shape.small_up_share, 0);
  EXPECT_FALSE(shape.is_interactive);
  EXPECT_FALSE(shape.is_long_body);
  EXPECT_EQ(shape.tls_in_tls, 0);
}

TEST(Shape, KeystrokesAndEchoesAreInteractive) {
  EXPECT_TRUE(shape_of(typing()).is_interactive);
  Session brief = typing();
  brief.end = brief.start + std::chrono::seconds(9);
  EXPECT_FALSE(shape_of(brief).is_interactive) << "shorter than ten seconds";
  Session download = typing();
  download.small_messages[1] = 50;
  EXPECT_FALSE(shape_of(download).is_interactive) << "the answers are large";
  Session upload = typing();
  upload.small_messages[0] = 50;
  EXPECT_FALSE(shape_of(upload).is_interactive) << "what the client sends is large";
  Session one_way = typing();
  one_way.turns = 60;
  EXPECT_FALSE(shape_of(one_way).is_interactive) << "not in turns";
  Session fast = typing();
  fast.interval_median_s = 0.003;
  EXPECT_FALSE(shape_of(fast).is_interactive) << "faster than fingers";
  Session slow = typing();
  slow.interval_median_s = 6;
  EXPECT_FALSE(shape_of(slow).is_interactive) << "a program that asks now and then";
  Session clock = typing();
  clock.interval_median_s = 1;
  clock.interval_mad_s = 0.01;
  EXPECT_FALSE(shape_of(clock).is_interactive) << "a heartbeat";
}

struct Body {
  double up_s, down_s;
  std::uint64_t up_bytes, down_bytes;
};

Session with_body(const Body& body, std::string type = "text/html") {
  Session s = make_session(0, 60);
  s.http.requests = 1;
  s.http.longest_body_s = {body.up_s, body.down_s};
  s.http.body_bytes = {body.up_bytes, body.down_bytes};
  s.http.content_type = std::move(type);
  return s;
}

TEST(Shape, BodyThatLastsAndBringsLittleIsLong) {
  struct Case {
    Session session;
    bool is_long;
    const char* why;
  };
  Session tunnel = with_body({50, 50, 9000, 9000});
  tunnel.kind = Kind::kConnect;
  const Case cases[] = {
      {with_body({50, 0, 9000, 0}), true, "an upload that trickles"},
      {with_body({9.9, 0, 9000, 0}), false, "less than ten seconds"},
      {with_body({50, 0, 50'000'000, 0}), false, "a large file on its way up"},
      {with_body({0, 50, 0, 9000}), true, "an answer that trickles"},
      {with_body({0, 50, 0, 50'000'000}), false, "a download"},
      {with_body({0, 50, 0, 9000}, "audio/mpeg"), false, "radio"},
      {with_body({0, 50, 0, 9000}, "text/event-stream"), true, "events: ordinary, but as long as any"},
      {with_body({}), false, "no body"},
      {tunnel, false, "not plain HTTP"},
  };
  for (const Case& c : cases) EXPECT_EQ(shape_of(c.session).is_long_body, c.is_long) << c.why;
}

TEST(Shape, TlsInTlsIsAskedForWhereAHelloWasSeen) {
  Session s = make_session();
  s.kind = Kind::kSsl;
  for (const int length : {512, -900, 1, 53, 534, -3200, 97, 122}) {
    session::MessageStart message;
    message.direction = length > 0 ? kUp : kDown;
    message.length = static_cast<std::uint32_t>(length > 0 ? length : -length);
    s.messages.push_back(message);
  }
  EXPECT_EQ(shape_of(s).tls_in_tls, 0);
  s.cipher_suites = "1301";
  EXPECT_GE(shape_of(s).tls_in_tls, 0.5);
}

}  // namespace
}  // namespace mogura::feature
