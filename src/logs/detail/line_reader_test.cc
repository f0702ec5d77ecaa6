#include "logs/detail/line_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "logs/detail/folder_test.h"
#include "logs/log_source.h"

namespace mogura::logs::detail {
namespace {

using testing::Folder;

LineReader reader_of(const std::string& path) {
  return {std::move(*capture::InputBytes::open(path)), {}};
}

// "<too long>" for a line that was passed over.
std::vector<std::string> lines_of(std::string_view text) {
  const Folder folder;
  LineReader reader = reader_of(folder.add("f", text));
  std::vector<std::string> lines;
  std::string_view line;
  for (;;) {
    const LineReader::Next next = reader.next(line);
    if (next == LineReader::Next::kEnd) break;
    lines.emplace_back(next == LineReader::Next::kLine ? line : "<too long>");
  }
  EXPECT_EQ(reader.line_number(), lines.size());
  EXPECT_EQ(reader.bytes(), text.size());
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, EndsLinesAtLineFeedWithOrWithoutCarriageReturn) {
  EXPECT_EQ(lines_of("a\nb\r\n\nc"), (Lines{"a", "b", "", "c"}));
  EXPECT_EQ(lines_of("a\n"), (Lines{"a"}));
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n\n"), (Lines{"", ""}));
}

TEST(LineReader, PassesOverLinesBeyondTheLimit) {
  struct {
    std::size_t size;
    bool is_kept;
    const char* why;
  } const cases[] = {
      {kLineBytes - 1, true, "below the limit"},
      {kLineBytes, true, "at the limit"},
      {kLineBytes + 1, false, "above it"},
      {3 * kLineBytes + 5, false, "longer than all that is held"},
  };
  for (const auto& c : cases) {
    const std::string line(c.size, 'x');
    for (const char* end : {"\n", "\r\n"}) {
      const Lines lines = lines_of("before\n" + line + end + "behind\n");
      ASSERT_EQ(lines.size(), 3u) << c.why;
      EXPECT_EQ(lines[1], c.is_kept ? line : "<too long>") << c.why;
      EXPECT_EQ(lines[2], "behind") << c.why;
    }
    EXPECT_EQ(lines_of(line).size(), 1u) << c.why;
  }
}

TEST(LineReader, ReadsLinesThatLieAcrossPieces) {
  std::string text;
  Lines expected;
  for (std::size_t i = 0; i < 40'000; ++i) {
    expected.push_back(std::string(i % 97, 'y') + std::to_string(i));
    text += expected.back() + "\n";
  }
  EXPECT_EQ(lines_of(text), expected);
}

TEST(LineReader, ShowsTheBeginningWithoutTakingIt) {
  const Folder folder;
  LineReader reader = reader_of(folder.add("f", "first\nsecond\n"));
  EXPECT_EQ(reader.beginning(), "first\nsecond\n");
  std::string_view line;
  ASSERT_EQ(reader.next(line), LineReader::Next::kLine);
  EXPECT_EQ(line, "first");
}

TEST(LineReader, TellsDamageBehindTheLinesBeforeIt) {
  const Folder folder;
  // gzip -c of nothing, cut: a header and no more.
  constexpr std::string_view kCut("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
  LineReader reader = reader_of(folder.add("f.gz", kCut));
  std::string_view line;
  EXPECT_EQ(reader.next(line), LineReader::Next::kEnd);
  ASSERT_TRUE(reader.error());
  EXPECT_EQ(reader.error()->cause, "the gzip data ends early");
  EXPECT_EQ(reader.compression(), "+gzip");
}

TEST(LineReader, CallsBackAfterEachPiece) {
  const Folder folder;
  int pieces = 0;
  LineReader reader(std::move(*capture::InputBytes::open(folder.add("f", std::string(1'000'000, '\n')))),
                    [&pieces] { ++pieces; });
  std::string_view line;
  while (reader.next(line) == LineReader::Next::kLine) {
  }
  EXPECT_GE(pieces, 2);
  EXPECT_EQ(reader.position(), 1'000'000u);
}

}  // namespace
}  // namespace mogura::logs::detail
