#include "http2/body.h"

#include <gtest/gtest.h>

namespace mogura::http2 {
namespace {

using State = BodyReader::State;
using Kind = protocol::Framing::Kind;

TEST(Http2Body, ReadsEachFramingHoweverCut) {
  const struct {
    protocol::Framing framing;
    std::string_view bytes, data;
    std::size_t behind;
    State state;
  } rows[] = {
      {{Kind::kLength, 5}, "hellonext", "hello", 4, State::kDone},
      {{Kind::kLength, 9}, "hello", "hello", 0, State::kMore},
      {{Kind::kUntilClose, 0}, "hello", "hello", 0, State::kMore},
      {{Kind::kChunked, 0}, "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\nnext", "hello", 4, State::kDone},
      {{Kind::kChunked, 0}, "2\r\nhe\r\n", "he", 0, State::kMore},
      {{Kind::kChunked, 0}, "x", "", 1, State::kRefused},
  };
  for (const auto& row : rows) {
    for (std::size_t step = 1; step <= row.bytes.size(); ++step) {
      BodyReader reader;
      EXPECT_EQ(reader.begin(row.framing), State::kMore);
      std::string data;
      std::size_t at = 0;
      BodyReader::Step got;
      while (at < row.bytes.size() && got.state == State::kMore) {
        got = reader.read(row.bytes.substr(at, step), data);
        at += got.bytes;
      }
      EXPECT_EQ(data, row.data);
      EXPECT_EQ(got.state, row.state) << row.bytes;
      EXPECT_EQ(row.bytes.size() - at, row.behind);
    }
  }
}

TEST(Http2Body, BodiesOfNothingAreDoneAtOnce) {
  BodyReader reader;
  EXPECT_EQ(reader.begin({Kind::kNone, 0}), State::kDone);
  EXPECT_EQ(reader.begin({Kind::kLength, 0}), State::kDone);
}

TEST(Http2Body, TrailersAreRead) {
  BodyReader reader;
  reader.begin({Kind::kChunked, 0});
  std::string data;
  EXPECT_EQ(reader.read("0\r\nX-Sum: 1\r\nHost2: b\r\n\r\n", data).state, State::kDone);
  EXPECT_EQ(reader.trailers(), (Fields{{"x-sum", "1"}, {"host2", "b"}}));
}

TEST(Http2Body, WritesChunksAndTrailers) {
  std::string out;
  append_body(Body::kChunked, std::string(300, 'a'), out);
  EXPECT_EQ(out, "12c\r\n" + std::string(300, 'a') + "\r\n");
  out.clear();
  EXPECT_TRUE(append_body_end(Body::kChunked, {{"x", "1"}}, out));
  EXPECT_EQ(out, "0\r\nx: 1\r\n\r\n");
}

TEST(Http2Body, WritesOtherFramingsAsTheyAre) {
  std::string out;
  append_body(Body::kLength, "abc", out);
  EXPECT_TRUE(append_body_end(Body::kLength, {{"x", "1"}}, out));
  EXPECT_EQ(out, "abc");
}

TEST(Http2Body, TrailersThatNobodyCouldReadAreRefused) {
  std::string out;
  EXPECT_FALSE(
      append_body_end(Body::kChunked, {{"x", std::string(protocol::ChunkedWalk::kTrailerBytes, 'a')}}, out));
  EXPECT_FALSE(append_body_end(Body::kChunked, {{"x", "\r"}}, out));
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace mogura::http2
