#include "http2/fields.h"

#include <gtest/gtest.h>

namespace mogura::http2 {
namespace {

TEST(Http2Fields, KnowsWhatBelongsToOneConnection) {
  for (const char* name : {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})
    EXPECT_TRUE(is_connection_specific(name)) << name;
  for (const char* name : {"te", "via", "cookie", "connection-x", ""})
    EXPECT_FALSE(is_connection_specific(name)) << name;
}

TEST(Http2Fields, NamesAreTokensWithoutCapitals) {
  EXPECT_TRUE(is_field_name("x-a_b!1"));
  for (const char* name : {"", "X-a", "a b", "a:b", ":path", "a\r", "\xC3\xA4"})
    EXPECT_FALSE(is_field_name(name)) << name;
}

TEST(Http2Fields, ValuesCannotEndALine) {
  EXPECT_TRUE(is_field_value("a\tb \xFF"));
  EXPECT_TRUE(is_field_value(""));
  for (const std::string& value :
       {std::string("a\rb"), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7F")})
    EXPECT_FALSE(is_field_value(value));
}

TEST(Http2Fields, PartsOfAStartLineHaveNoSpace) {
  EXPECT_TRUE(is_start_line_part("/a?b=\xFF"));
  for (const char* text : {"", "/a b", "/a\r\nb", "/\t"}) EXPECT_FALSE(is_start_line_part(text)) << text;
}

TEST(Http2Fields, TrailersLeaveOutWhatFrames) {
  std::string out = "before";
  EXPECT_TRUE(append_trailer_lines(
      {{"x-a", "1"}, {"content-length", "3"}, {"host", "b"}, {"grpc-status", "0"}}, out));
  EXPECT_EQ(out, "beforex-a: 1\r\ngrpc-status: 0\r\n");
}

TEST(Http2Fields, TrailersThatCouldBeReadDifferentlyAreRefused) {
  for (const Field& field :
       {Field{"x-a", "1\r\nb: c"}, Field{"X-A", "1"}, Field{"", "1"}, Field{"a b", "1"}}) {
    std::string out = "before";
    EXPECT_FALSE(append_trailer_lines({{"x-good", "1"}, field}, out));
    EXPECT_EQ(out, "before");
  }
}

TEST(Http2Fields, ReadsTrailerLines) {
  EXPECT_EQ(trailers_in("X-A:  1 \r\nConnection: x\r\nGrpc-Status:\r\n\r\n"),
            (Fields{{"x-a", "1"}, {"grpc-status", ""}}));
  EXPECT_EQ(trailers_in("\r\n"), Fields{});
  EXPECT_EQ(trailers_in(""), Fields{});
}

}  // namespace
}  // namespace mogura::http2
