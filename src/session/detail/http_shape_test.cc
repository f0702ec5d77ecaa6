#include "session/detail/http_shape.h"

#include <gtest/gtest.h>

namespace mogura::session::detail {
namespace {

using protocol::Http1Head;

constexpr Timestamp kStart{std::chrono::seconds(1'700'000'000)};
constexpr Timestamp at(int seconds) {
  return kStart + std::chrono::seconds(seconds);
}

struct Fixture {
  HttpShape shape;
  ByteSpread targets;
  HttpShapeRecorder recorder{shape, targets};
};

double entropy_of(std::string_view text) {
  ByteSpread spread;
  spread.add(text);
  return spread.entropy_bits();
}

TEST(ByteSpread, TellsShannonEntropy) {
  EXPECT_EQ(entropy_of(""), 0);
  EXPECT_EQ(entropy_of("aaaa"), 0);
  EXPECT_EQ(entropy_of("abab"), 1);
  EXPECT_EQ(entropy_of("abcdefgh"), 3);
  EXPECT_EQ(entropy_of("aab"), 0.9183);
}

TEST(ByteSpread, LooksAtItsFirstBytesOnly) {
  for (const std::uint32_t size : {ByteSpread::kBytes - 1, ByteSpread::kBytes, ByteSpread::kBytes + 1}) {
    ByteSpread spread;
    spread.add(std::string(size, 'a'));
    const bool is_full = size >= ByteSpread::kBytes;
    spread.add("b");
    EXPECT_EQ(spread.entropy_bits() == 0, is_full) << size;
  }
}

TEST(ByteSpread, IsAsNewWhenCleared) {
  ByteSpread spread;
  spread.add("abc");
  spread.clear();
  spread.add("zz");
  EXPECT_EQ(spread.entropy_bits(), 0);
}

TEST(HttpShape, CountsRequestsByWhatTheyHave) {
  Fixture f;
  Http1Head head;
  head.target = "/a?b=1";
  head.head_bytes = 300;
  f.recorder.on_request(head, head.target);
  head.fields = Http1Head::kReferer | Http1Head::kContentLength;
  head.target = "/";
  head.head_bytes = 200;
  f.recorder.on_request(head, head.target);
  head.fields = Http1Head::kCookie | Http1Head::kContentLength;
  head.content_length = 5;
  f.recorder.on_request(head, head.target);
  head.fields = Http1Head::kTransferEncoding;
  f.recorder.on_request(head, head.target);
  EXPECT_EQ(f.shape.requests, 4u);
  EXPECT_EQ(f.shape.with_referer, 1u);
  EXPECT_EQ(f.shape.with_cookie, 1u);
  EXPECT_EQ(f.shape.with_body, 2u) << "a length of nothing is no body";
  EXPECT_EQ(f.shape.head_bytes_max, 300u);
  EXPECT_EQ(f.shape.target_bytes_max, 6u);
}

TEST(HttpShape, KeepsTheFirstContentTypeCut) {
  Fixture f;
  Http1Head head;
  f.recorder.on_answer(head);
  head.content_type = std::string(65, 't');
  f.recorder.on_answer(head);
  head.content_type = "text/html";
  f.recorder.on_answer(head);
  EXPECT_EQ(f.shape.content_type, std::string(64, 't'));
}

TEST(HttpShape, MeasuresBodies) {
  Fixture f;
  f.recorder.begin_body(Direction::kUp, at(0));
  f.recorder.add_body(Direction::kUp, 100, at(2));
  f.recorder.end_body(Direction::kUp, at(3));
  f.recorder.begin_body(Direction::kUp, at(10));
  f.recorder.add_body(Direction::kUp, 10, at(11));
  f.recorder.end_body(Direction::kUp, at(11));
  f.recorder.add_body(Direction::kDown, 999, at(11));  // of a CONNECT's answer: it was not begun here
  f.recorder.write(at(50), true);
  EXPECT_EQ(f.shape.body_bytes, (std::array<std::uint64_t, 2>{110, 0}));
  EXPECT_EQ(f.shape.longest_body_s, (std::array<double, 2>{3, 0}));
  EXPECT_EQ(f.shape.has_endless_body, (std::array<bool, 2>{false, false}));
}

TEST(HttpShape, MeasuresAnOpenBodyToTheEnd) {
  Fixture f;
  f.recorder.begin_body(Direction::kDown, at(0));
  f.recorder.add_body(Direction::kDown, 1, at(1));
  f.recorder.write(at(20), false);
  EXPECT_EQ(f.shape.longest_body_s[1], 20);
  EXPECT_FALSE(f.shape.has_endless_body[1]) << "it may end yet";
  f.recorder.write(at(30), true);
  EXPECT_EQ(f.shape.longest_body_s[1], 30);
  EXPECT_TRUE(f.shape.has_endless_body[1]);
}

TEST(HttpShape, CountsALostBodyAsFarAsItWasSeen) {
  Fixture f;
  f.recorder.begin_body(Direction::kDown, at(0));
  f.recorder.add_body(Direction::kDown, 1, at(4));
  f.recorder.lose_body(Direction::kDown);
  f.recorder.write(at(30), true);
  EXPECT_EQ(f.shape.longest_body_s[1], 4);
  EXPECT_FALSE(f.shape.has_endless_body[1]);
}

}  // namespace
}  // namespace mogura::session::detail
