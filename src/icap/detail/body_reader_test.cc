#include "icap/detail/body_reader.h"

#include <gtest/gtest.h>

#include <memory>

namespace mogura::icap::detail {
namespace {

using State = BodyReader::State;

struct Outcome {
  State state = State::kMore;
  std::size_t taken = 0;
  std::string data;
  bool is_ieof = false;
};

Outcome read(std::string_view text, std::size_t piece) {
  BodyReader reader;
  Outcome outcome;
  while (outcome.taken < text.size() && reader.state() == State::kMore) {
    const std::size_t size = std::min(piece, text.size() - outcome.taken);
    const auto exact = std::make_unique<char[]>(size);
    text.copy(exact.get(), size, outcome.taken);
    outcome.taken += reader.take({exact.get(), size}, outcome.data);
  }
  outcome.state = reader.state();
  outcome.is_ieof = reader.is_ieof();
  return outcome;
}

TEST(BodyReader, TakesDataOutOfChunksWhateverTheCutting) {
  constexpr std::string_view kText = "4\r\nabcd\r\n0A; x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nREQMOD";
  for (std::size_t piece = 1; piece <= kText.size(); ++piece) {
    const Outcome outcome = read(kText, piece);
    EXPECT_EQ(outcome.state, State::kDone) << piece;
    EXPECT_EQ(outcome.data, "abcd0123456789") << piece;
    EXPECT_EQ(kText.substr(outcome.taken), "REQMOD") << piece;
    EXPECT_FALSE(outcome.is_ieof);
  }
}

TEST(BodyReader, KnowsTheEndThatAPreviewMayHave) {
  struct Case {
    std::string_view text;
    bool is_ieof;
  };
  for (const Case& one : {Case{"0; ieof\r\n\r\n", true},
                          {"3;ieof\r\nabc\r\n0\r\n\r\n", false},
                          {"0;ieof\r\n\r\n", true},
                          {"0 ; IEOF\r\n\r\n", true},
                          {"0\r\n\r\n", false},
                          {"0; ieofx\r\n\r\n", false}}) {
    const Outcome outcome = read(one.text, one.text.size());
    EXPECT_EQ(outcome.state, State::kDone) << one.text;
    EXPECT_EQ(outcome.is_ieof, one.is_ieof) << one.text;
  }
}

TEST(BodyReader, RefusesWhatIsNoChunk) {
  for (const std::string_view text :
       {"\r\n", "g\r\n", "-1\r\n", "1\na", "1\r\nab", "1\r\na\n", "1\r\na\r1", "1;\n", "1;\x01\r\n",
        "0\r\n\n", "0\r\na\n", "1234567890abcdef\r\n", "1\r\r"}) {
    EXPECT_EQ(read(text, 1).state, State::kRefused) << text;
  }
}

TEST(BodyReader, BoundsExtensionsAndTrailers) {
  const auto extended = [](std::size_t size) { return "0" + std::string(size, ';') + "\r\n\r\n"; };
  EXPECT_EQ(read(extended(BodyReader::kLineBytes), 100).state, State::kDone);
  EXPECT_EQ(read(extended(BodyReader::kLineBytes + 1), 100).state, State::kRefused);
  const auto trailed = [](std::size_t size) { return "0\r\n" + std::string(size, 'a') + "\r\n\r\n"; };
  EXPECT_EQ(read(trailed(BodyReader::kTrailerBytes), 100).state, State::kDone);
  EXPECT_EQ(read(trailed(BodyReader::kTrailerBytes + 1), 100).state, State::kRefused);
}

TEST(WriteChunk, IsReadBack) {
  std::string text;
  write_chunk("", text);
  EXPECT_EQ(text, "");
  write_chunk(std::string(300, 'x'), text);
  text += kLastChunk;
  EXPECT_EQ(read(text, 7).data, std::string(300, 'x'));
  EXPECT_EQ(read(kOriginalBody, 3).state, State::kDone);
}

}  // namespace
}  // namespace mogura::icap::detail
