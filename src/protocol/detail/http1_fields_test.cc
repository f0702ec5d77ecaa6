#include "protocol/detail/http1_fields.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::protocol::detail {
namespace {

using Result = FieldReader::Result;

struct Read {
  Result result = Result::kMore;
  Http1Head head;
  Framing framing;
  std::size_t left = 0;
};

// Reads from heap blocks of `step` bytes each, freed before the next comes: what is kept must have been
// copied.
Read read(std::string_view text, std::size_t step = 100'000, std::size_t text_bytes = 4096) {
  FieldReader reader(text_bytes);
  Read outcome;
  reader.start(&outcome.head);
  for (std::size_t i = 0; i < text.size() && outcome.result == Result::kMore; i += step) {
    const std::string_view piece = text.substr(i, step);
    const auto block = std::make_unique<std::uint8_t[]>(piece.size());
    std::memcpy(block.get(), piece.data(), piece.size());
    ByteView rest(block.get(), piece.size());
    outcome.result = reader.read(rest);
    outcome.left = rest.size();
  }
  outcome.framing = reader.framing();
  return outcome;
}

TEST(FieldReader, StopsBehindTheEmptyLine) {
  const Read outcome = read("Host: a\r\n\r\nbody");
  EXPECT_EQ(outcome.result, Result::kDone);
  EXPECT_EQ(outcome.left, 4u);
  EXPECT_EQ(read("\r\nbody").left, 4u);
  EXPECT_EQ(read("Host: a\r\n").result, Result::kMore);
}

TEST(FieldReader, ReadsValuesHoweverTheyAreWritten) {
  const struct {
    const char* why;
    std::string_view text;
    std::string_view via;
  } cases[] = {
      {"the ordinary", "Via: a\r\n\r\n", "a"},
      {"no space", "Via:a\r\n\r\n", "a"},
      {"many spaces", "Via: \t a \t \r\n\r\n", "a"},
      {"odd case", "vIA: a\r\n\r\n", "a"},
      {"a space before the colon", "Via : a\r\n\r\n", "a"},
      {"a leading space", " Via: a\r\n\r\n", "a"},
      {"empty", "Via:\r\n\r\n", ""},
      {"bare LF", "Via: a\nB: c\n\n", "a"},
      {"folded", "Via: a\r\n b\r\n\tc\r\n\r\n", "a b\tc"},
      {"folded from the start", "Via:\r\n a\r\n\r\n", "a"},
      {"repeated", "Via: a\r\nX: y\r\nvia: b\r\n\r\n", "a, b"},
      {"repeated, the first empty", "Via:\r\nVia: b\r\n\r\n", "b"},
      {"bytes beyond ASCII and controls", "Via: \x01\xff\xc3\r\n\r\n", "\x01\xff\xc3"},
      {"behind a line without colon", "nothing\r\nVia: a\r\n\r\n", "a"},
      {"before a line without colon", "Via: a\r\nnothing\r\n\r\n", "a"},
      {"behind a bare CR", "X: y\rVia: a\r\n\r\n", "a"},
      {"before a bare CR", "Via: a\rX: y\r\n\r\n", "a"},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {1u, 2u, 3u, 1000u}) {
      const Read outcome = read(c.text, step);
      EXPECT_EQ(outcome.result, Result::kDone) << c.why;
      EXPECT_EQ(outcome.head.via, c.via) << c.why << ", step " << step;
      EXPECT_TRUE(outcome.head.has(Http1Head::kVia)) << c.why;
    }
  }
}

TEST(FieldReader, TakesBackAFieldThatAGapBreaksOff) {
  const struct {
    const char* why;
    std::string_view text, via;
    bool is_there;
  } cases[] = {
      {"in its value", "Via: a", "", false},
      {"behind its line, which may be continued", "Via: a\r\n", "", false},
      {"in its continuation", "Via: a\r\n b", "", false},
      {"in the next field", "Via: a\r\nX: y", "a", true},
      {"in the empty line", "Via: a\r\n\r", "a", true},
      {"in its repetition", "Via: a\r\nVia: b", "a", true},
      {"in a line that is no field", "Via: a\r\nb c", "a", true},
      {"in its name", "Via", "", false},
  };
  for (const auto& c : cases) {
    Http1Head head;
    FieldReader reader(4096);
    reader.start(&head);
    ByteView rest = as_bytes(c.text);
    EXPECT_EQ(reader.read(rest), Result::kMore) << c.why;
    reader.break_off();
    EXPECT_EQ(head.via, c.via) << c.why;
    EXPECT_EQ(head.has(Http1Head::kVia), c.is_there) << c.why;
  }
}

TEST(FieldReader, KnowsItsFields) {
  const struct {
    std::string_view name;
    std::uint32_t bit;
  } cases[] = {
      {"Host", Http1Head::kHost},
      {"User-Agent", Http1Head::kUserAgent},
      {"Via", Http1Head::kVia},
      {"X-Forwarded-For", Http1Head::kXForwardedFor},
      {"Forwarded", Http1Head::kForwarded},
      {"Upgrade", Http1Head::kUpgrade},
      {"Content-Length", Http1Head::kContentLength},
      {"Transfer-Encoding", Http1Head::kTransferEncoding},
      {"Cookie", Http1Head::kCookie},
      {"Set-Cookie", Http1Head::kCookie},
      {"Referer", Http1Head::kReferer},
      {"Authorization", Http1Head::kAuthorization},
      {"Proxy-Authorization", Http1Head::kProxyAuthorization},
      {"Server", Http1Head::kServer},
      {"Content-Type", Http1Head::kContentType},
      {"Connection", Http1Head::kConnection},
      {"Proxy-Connection", 0},
      {"Hosts", 0},
      {"Hos4", 0},
      {"Vi!", 0},
      {"Viap", 0},
      {"", 0},
  };
  for (const auto& c : cases) {
    const Read outcome = read(std::string(c.name) + ": 1\r\n\r\n");
    EXPECT_EQ(outcome.head.fields, c.bit) << c.name;
    EXPECT_EQ(outcome.head.field_count, 1u) << c.name;
  }
}

TEST(FieldReader, CollectsTheFraming) {
  using Length = Framing::Length;
  const struct {
    const char* why;
    std::string_view text;
    Length length;
    std::uint64_t value;
    bool chunked, other, keep_alive, close, upgrade;
  } cases[] = {
      {"nothing", "A: b", Length::kNone, 0, false, false, false, false, false},
      {"a length", "Content-Length: 12", Length::kValid, 12, false, false, false, false, false},
      {"the largest", "Content-Length: 18446744073709551615", Length::kValid, UINT64_MAX, false, false, false,
       false, false},
      {"too large", "Content-Length: 18446744073709551616", Length::kInvalid, 0, false, false, false, false,
       false},
      {"twice the same", "Content-Length: 1\r\ncontent-length: 1", Length::kValid, 1, false, false, false,
       false, false},
      {"a list", "Content-Length: 1, 1", Length::kValid, 1, false, false, false, false, false},
      {"a list that differs", "Content-Length: 1, 2", Length::kInvalid, 0, false, false, false, false, false},
      {"valid again is not valid", "Content-Length: 1, 2, 1", Length::kInvalid, 0, false, false, false, false,
       false},
      {"two numbers", "Content-Length: 1 2", Length::kInvalid, 0, false, false, false, false, false},
      {"folded", "Content-Length: 1\r\n 2", Length::kInvalid, 0, false, false, false, false, false},
      {"negative", "Content-Length: -1", Length::kInvalid, 0, false, false, false, false, false},
      {"signed", "Content-Length: +1", Length::kInvalid, 0, false, false, false, false, false},
      {"hexadecimal", "Content-Length: 0x1", Length::kInvalid, 0, false, false, false, false, false},
      {"empty", "Content-Length:", Length::kNone, 0, false, false, false, false, false},
      {"chunked", "Transfer-Encoding: Chunked", Length::kNone, 0, true, false, false, false, false},
      {"gzip and chunked", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", Length::kNone, 0, true,
       true, false, false, false},
      {"chunked not last", "Transfer-Encoding: chunked, gzip", Length::kNone, 0, false, true, false, false,
       false},
      {"a parameter", "Transfer-Encoding: chunked;x=y", Length::kNone, 0, true, false, false, false, false},
      {"identity", "Transfer-Encoding: identity", Length::kNone, 0, false, false, false, false, false},
      {"close", "Connection: foo, CLOSE", Length::kNone, 0, false, false, false, true, false},
      {"keep-alive", "Proxy-Connection: Keep-Alive", Length::kNone, 0, false, false, true, false, false},
      {"upgrade", "Connection: keep-alive\r\nConnection: Upgrade", Length::kNone, 0, false, false, true,
       false, true},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {1u, 1000u}) {
      const Read outcome = read(std::string(c.text) + "\r\n\r\n", step);
      EXPECT_EQ(outcome.framing.length, c.length) << c.why;
      EXPECT_EQ(outcome.head.content_length, c.value) << c.why;
      EXPECT_EQ(outcome.head.chunked, c.chunked) << c.why;
      EXPECT_EQ(outcome.framing.other_coding, c.other) << c.why;
      EXPECT_EQ(outcome.framing.keep_alive, c.keep_alive) << c.why;
      EXPECT_EQ(outcome.head.connection_close, c.close) << c.why;
      EXPECT_EQ(outcome.head.connection_upgrade, c.upgrade) << c.why;
    }
  }
}

TEST(FieldReader, CutsValuesAtTheLimit) {
  for (const std::size_t size : {15u, 16u, 17u, 500u}) {
    for (const std::size_t step : {1u, 10u, 1000u}) {
      const Read outcome = read("Server: " + std::string(size, 's') + "\r\n\r\n", step, 16);
      EXPECT_EQ(outcome.head.server, std::string(std::min<std::size_t>(size, 16), 's'));
    }
  }
}

// The value of an ignored field once left the view of the value before it in place, to be copied after its
// time.
TEST(FieldReader, ForgetsAValueBeforeAnIgnoredField) {
  constexpr std::string_view kText = "Via: abc\r\nX-Ignored: y\r\nServer: z\r\n\r\n";
  for (std::size_t step = 10; step < kText.size(); ++step) {
    const Read outcome = read(kText, step);
    EXPECT_EQ(outcome.head.via, "abc");
    EXPECT_EQ(outcome.head.server, "z");
  }
}

TEST(FieldReader, DropsTrailers) {
  FieldReader reader(4096);
  reader.start(nullptr);
  ByteView rest = as_bytes("Host: a\r\nno field\r\nContent-Length: 1\r\nContent-Length: x\r\n\r\nrest");
  EXPECT_EQ(reader.read(rest), Result::kDone);
  EXPECT_EQ(rest.size(), 4u);
}

TEST(FieldReader, BoundsBadLines) {
  std::string text;
  for (unsigned i = 0; i < kMaxBadLines; ++i) text += "bad\r\n";
  EXPECT_EQ(read(text + "\r\n").result, Result::kDone);
  EXPECT_EQ(read(text + "bad\r\n\r\n").result, Result::kMalformed);
}

TEST(PiecedText, IsCutAlikeInOnePieceAndInMany) {
  for (const std::size_t size : {3u, 4u, 5u}) {
    const std::string text = std::string("abcde").substr(0, size);
    PiecedText one(4), many(4);
    one.add(text);
    for (std::size_t i = 0; i < size; ++i) many.add(std::string_view(text).substr(i, 1));
    EXPECT_EQ(one.text(), text.substr(0, 4));
    one.own();
    EXPECT_EQ(one.text(), many.text());
  }
}

}  // namespace
}  // namespace mogura::protocol::detail
