#include "protocol/detail/http1_chunks.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mogura::protocol::detail {
namespace {

using Result = ChunkReader::Result;

struct Read {
  Result result = Result::kMore;
  std::uint64_t data_bytes = 0;
  std::string left;
};

Read read(std::string_view text, std::size_t step, std::size_t line_limit = 64) {
  ChunkReader reader(line_limit);
  reader.start();
  Read outcome;
  for (std::size_t i = 0; i < text.size() && outcome.result == Result::kMore; i += step) {
    ByteView rest = as_bytes(text.substr(i, step));
    outcome.result = reader.read(rest);
    if (outcome.result != Result::kMore)
      outcome.left = std::string(text.substr(std::min(text.size(), i + step) - rest.size()));
  }
  outcome.data_bytes = reader.data_bytes();
  return outcome;
}

TEST(ChunkReader, FollowsTheTable) {
  const struct {
    const char* why;
    std::string_view text;
    Result result;
    std::uint64_t data_bytes;
  } cases[] = {
      {"one chunk", "5\r\nhello\r\n0\r\n", Result::kLastChunk, 5},
      {"two chunks", "1\r\na\r\n2\r\nbc\r\n0\r\n", Result::kLastChunk, 3},
      {"hexadecimal in both cases", "0a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n", Result::kLastChunk, 20},
      {"leading zeros", "0000000000000000000000001\r\na\r\n000\r\n", Result::kLastChunk, 1},
      {"no data at all", "0\r\n", Result::kLastChunk, 0},
      {"an extension", "1;a=b;c=\"d\"\r\na\r\n0\r\n", Result::kLastChunk, 1},
      {"an extension with spaces", "1 ; a = b\r\na\r\n0\r\n", Result::kLastChunk, 1},
      {"padding behind the size", "1   \r\na\r\n0   \r\n", Result::kLastChunk, 1},
      {"bare LF", "1\na\n0\n", Result::kLastChunk, 1},
      {"an extension and a bare LF", "1;x\na\r\n0\r\n", Result::kLastChunk, 1},
      {"data that look like chunks", "5\r\n0\r\n\r\n\r\n0\r\n", Result::kLastChunk, 5},
      {"cut", "5\r\nhel", Result::kMore, 3},
      {"no size", "\r\n", Result::kMalformed, 0},
      {"a leading space", " 5\r\n", Result::kMalformed, 0},
      {"not a digit", "g\r\n", Result::kMalformed, 0},
      {"not a digit behind one", "5g\r\n", Result::kMalformed, 0},
      {"data longer than told", "1\r\nab\r\n", Result::kMalformed, 1},
      {"two CR", "1\r\na\r\r\n", Result::kMalformed, 1},
      {"the largest size", "fffffffffffffff\r\nab", Result::kMore, 2},
      {"one more", "1000000000000000\r\n", Result::kMalformed, 0},
      {"more than 64 bits", "ffffffffffffffffff\r\n", Result::kMalformed, 0},
      {"more than 64 bits, then a space", "10000000000000000 \r\n", Result::kMalformed, 0},
  };
  for (const auto& c : cases) {
    for (const std::size_t step : {1u, 2u, 3u, 1000u}) {
      const Read outcome = read(std::string(c.text) + (c.result == Result::kLastChunk ? "rest" : ""), step);
      EXPECT_EQ(outcome.result, c.result) << c.why << ", step " << step;
      EXPECT_EQ(outcome.data_bytes, c.data_bytes) << c.why << ", step " << step;
      EXPECT_EQ(outcome.left, c.result == Result::kLastChunk ? "rest" : outcome.left)
          << c.why << ", step " << step;
    }
  }
}

TEST(ChunkReader, BoundsTheLineOfASize) {
  for (const std::size_t step : {1u, 1000u}) {
    for (const std::string_view separator : {";", " "}) {
      const auto line = [&](std::size_t size) {
        return "1" + std::string(separator) + std::string(size - 4, 'x') + "\r\na\r\n0\r\n";
      };
      EXPECT_EQ(read(line(63), step).result, Result::kLastChunk);
      EXPECT_EQ(read(line(64), step).result, Result::kLastChunk);
      EXPECT_EQ(read(line(65), step).result, Result::kLimit);
    }
  }
  EXPECT_EQ(read(std::string(100, '0'), 1).result, Result::kLimit);
}

TEST(ChunkReader, TellsTheFirstRunOfDataOfEachView) {
  ChunkReader reader(64);
  reader.start();
  const auto first_run = [&reader](std::string_view text) {
    ByteView rest = as_bytes(text);
    (void)reader.read(rest);
    return as_text(reader.first_run());
  };
  EXPECT_EQ(first_run("3\r\nabc\r\n2\r\nde\r\n"), "abc");
  EXPECT_EQ(first_run("4"), "");
  EXPECT_EQ(first_run("\r\nfg"), "fg");
  EXPECT_EQ(first_run("hi\r\n"), "hi");
  EXPECT_EQ(first_run("0\r\n"), "");
}

TEST(ChunkReader, StepsOverGapsInData) {
  ChunkReader reader(64);
  reader.start();
  EXPECT_FALSE(reader.skip(1)) << "the size is not known yet";
  ByteView rest = as_bytes("ff\r\nabc");
  ASSERT_EQ(reader.read(rest), Result::kMore);
  EXPECT_FALSE(reader.skip(253)) << "past the chunk's end";
  EXPECT_TRUE(reader.skip(252));
  EXPECT_EQ(reader.data_bytes(), 255u);
  EXPECT_FALSE(reader.skip(1)) << "behind the data";
  rest = as_bytes("\r\n0\r\n");
  EXPECT_EQ(reader.read(rest), Result::kLastChunk);
}

}  // namespace
}  // namespace mogura::protocol::detail
