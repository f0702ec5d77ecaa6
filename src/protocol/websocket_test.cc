#include "protocol/websocket.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mogura::protocol {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kPlenty = 1 << 20;

ByteView view(const Bytes& bytes) {
  return {bytes.data(), bytes.size()};
}

void append(Bytes& bytes, std::initializer_list<std::uint8_t> more) {
  for (const std::uint8_t byte : more) bytes.push_back(byte);
}

void append(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

struct Read {
  bool is_framing = false;
  std::string payload;
  std::uint64_t frames = 0;
};

Read read(const Bytes& bytes, std::size_t limit = kPlenty) {
  WebSocketReader reader;
  Read result;
  result.is_framing = reader.feed(view(bytes), result.payload, limit);
  result.frames = reader.frames();
  return result;
}

// RFC 6455 §5.7 has these as examples.
TEST(WebSocketReader, TakesAnUnmaskedFrame) {
  const Read result = read({0x81, 0x05, 'H', 'e', 'l', 'l', 'o'});
  EXPECT_TRUE(result.is_framing);
  EXPECT_EQ(result.payload, "Hello");
  EXPECT_EQ(result.frames, 1u);
}

TEST(WebSocketReader, UnmasksAMaskedFrame) {
  const Read result = read({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
  EXPECT_TRUE(result.is_framing);
  EXPECT_EQ(result.payload, "Hello");
}

TEST(WebSocketReader, PassesOverControlFramesBetweenFragments) {
  const Read result = read({0x01, 0x03, 'H',  'e',  'l',         // text, not the last fragment
                            0x89, 0x02, '!',  '!',               // ping
                            0x8a, 0x80, 0x01, 0x02, 0x03, 0x04,  // pong, masked and empty
                            0x80, 0x02, 'l',  'o',               // continuation, the last
                            0x88, 0x02, 0x03, 0xe8});            // close
  EXPECT_TRUE(result.is_framing);
  EXPECT_EQ(result.payload, "Hello");
  EXPECT_EQ(result.frames, 5u);
}

TEST(WebSocketReader, ReadsLengthsOf16Bits) {
  Bytes bytes{0x82, 126, 0x01, 0x00};
  append(bytes, std::string(256, 'x'));
  append(bytes, {0x82, 0x01, 'y'});
  EXPECT_EQ(read(bytes).payload, std::string(256, 'x') + "y");
}

TEST(WebSocketReader, ReadsLengthsOf64Bits) {
  Bytes bytes{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0};
  append(bytes, std::string(65536, 'x'));
  append(bytes, {0x82, 0x01, 'y'});
  const Read result = read(bytes);
  EXPECT_EQ(result.payload.size(), 65537u);
  EXPECT_EQ(result.payload.back(), 'y');
}

TEST(WebSocketReader, AcceptsTheGreatestLengthAndNoGreater) {
  Bytes bytes{0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  append(bytes, "abc");
  EXPECT_TRUE(read(bytes).is_framing);
  EXPECT_EQ(read(bytes).payload, "abc");
  bytes[2] = 0x80;
  EXPECT_FALSE(read(bytes).is_framing);
}

TEST(WebSocketReader, EmptyFramesCountAndCarryNothing) {
  const Read result = read({0x82, 0x00, 0x82, 0x80, 1, 2, 3, 4, 0x82, 126, 0, 0, 0x82, 0x01, 'x'});
  EXPECT_TRUE(result.is_framing);
  EXPECT_EQ(result.payload, "x");
  EXPECT_EQ(result.frames, 4u);
}

TEST(WebSocketReader, StopsAppendingAtTheLimitButReadsOn) {
  const Bytes bytes{0x82, 0x05, 'H', 'e', 'l', 'l', 'o', 0x82, 0x02, 'x', 'y'};
  EXPECT_EQ(read(bytes, 4).payload, "Hell");
  EXPECT_EQ(read(bytes, 5).payload, "Hello");
  EXPECT_EQ(read(bytes, 6).payload, "Hellox");
  EXPECT_EQ(read(bytes, 0).payload, "");
  EXPECT_EQ(read(bytes, 0).frames, 2u);
}

TEST(WebSocketReader, LeavesAPayloadLongerThanTheLimitAsItIs) {
  WebSocketReader reader;
  std::string payload = "already here";
  EXPECT_TRUE(reader.feed(view(Bytes{0x82, 0x01, 'x'}), payload, 5));
  EXPECT_EQ(payload, "already here");
}

TEST(WebSocketReader, RejectsWhatIsNoFraming) {
  struct Row {
    Bytes bytes;
    const char* why;
  };
  const Row rows[] = {
      {{0xc1, 0x00}, "first reserved bit: compressed, or noise"},
      {{0xa1, 0x00}, "second reserved bit"},
      {{0x91, 0x00}, "third reserved bit"},
      {{0x83, 0x00}, "reserved data opcode"},
      {{0x87, 0x00}, "reserved data opcode"},
      {{0x8b, 0x00}, "reserved control opcode"},
      {{0x8f, 0x00}, "reserved control opcode"},
      {{0x09, 0x00}, "a ping in fragments"},
      {{0x89, 0x7e, 0x00, 0x7e}, "a ping of more than 125 bytes"},
      {{'G', 'E', 'T', ' '}, "HTTP"},
      {{'S', 'S', 'H', '-'}, "SSH"},
  };
  for (const Row& row : rows) EXPECT_FALSE(read(row.bytes).is_framing) << row.why;
}

TEST(WebSocketReader, KeepsWhatStoodBeforeTheError) {
  const Read result = read({0x82, 0x02, 'a', 'b', 0xff, 0xff});
  EXPECT_FALSE(result.is_framing);
  EXPECT_EQ(result.payload, "ab");
}

// All shapes of headers in one stream.
Bytes mixed() {
  Bytes bytes{0x02, 0x83, 0x11, 0x22, 0x33, 0x44, 'a' ^ 0x11, 'b' ^ 0x22, 'c' ^ 0x33,  // masked
              0x89, 0x81, 0x01, 0x02, 0x03, 0x04, 0x7f,  // ping between fragments
              0x80, 0x00};                               // empty
  append(bytes, {0x82, 126, 0x00, 0x05});                // longer form than needed
  append(bytes, "defgh");
  append(bytes, {0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 6, 0xff, 0x00, 0xff, 0x00});
  for (const char c : {'i', 'j', 'k', 'l', 'm', 'n'}) {
    const std::uint8_t mask = (c - 'i') % 2 == 0 ? 0xff : 0x00;
    bytes.push_back(static_cast<std::uint8_t>(c ^ mask));
  }
  return bytes;
}

TEST(WebSocketReader, AnySplitGivesTheSame) {
  const Bytes bytes = mixed();
  ASSERT_EQ(read(bytes).payload, "abcdefghijklmn");
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    for (std::size_t second = first; second <= bytes.size(); ++second) {
      WebSocketReader reader;
      std::string payload;
      ASSERT_TRUE(reader.feed(view(bytes).first(first), payload, kPlenty));
      ASSERT_TRUE(reader.feed(view(bytes).subspan(first, second - first), payload, kPlenty));
      ASSERT_TRUE(reader.feed(view(bytes).subspan(second), payload, kPlenty));
      ASSERT_EQ(payload, "abcdefghijklmn") << first << ' ' << second;
      ASSERT_EQ(reader.frames(), 5u);
    }
  }
}

TEST(WebSocketReader, AnyTruncationGivesAPrefix) {
  const Bytes bytes = mixed();
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[size]);
    std::copy_n(bytes.begin(), size, exact.get());
    WebSocketReader reader;
    std::string payload;
    ASSERT_TRUE(reader.feed({exact.get(), size}, payload, kPlenty));
    ASSERT_TRUE(std::string_view("abcdefghijklmn").starts_with(payload)) << size;
  }
}

}  // namespace
}  // namespace mogura::protocol
