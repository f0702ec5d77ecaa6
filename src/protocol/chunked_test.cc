#include "protocol/chunked.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mogura::protocol {
namespace {

using State = ChunkedWalk::State;

HeadRefusal refusal_of(std::string_view bytes) {
  ChunkedWalk walk;
  return walk.walk(bytes).state == State::kRefused ? walk.refusal() : HeadRefusal::kNone;
}

TEST(ChunkedWalk, FindsTheEndAndLeavesTheRest) {
  const std::string body = "3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n";
  ChunkedWalk walk;
  std::string decoded;
  const auto step = walk.walk(body + "GET /", &decoded);
  EXPECT_EQ(step.state, State::kDone);
  EXPECT_EQ(step.bytes, body.size());
  EXPECT_EQ(walk.body_bytes(), 13u);
  EXPECT_EQ(decoded, "abc0123456789");
}

TEST(ChunkedWalk, AnyCuttingGivesTheSame) {
  const std::string body = "3;a=\"b;c\"\r\nabc\r\n00A\r\n0123456789\r\n0;q\r\nX-T: 1\r\nY:\r\n\r\n";
  for (std::size_t first = 0; first <= body.size(); ++first) {
    for (std::size_t second = first; second <= body.size(); ++second) {
      ChunkedWalk walk;
      std::string decoded;
      std::size_t taken = 0;
      for (const auto& piece :
           {body.substr(0, first), body.substr(first, second - first), body.substr(second)}) {
        const auto exact = std::make_unique<char[]>(piece.size());
        piece.copy(exact.get(), piece.size());
        if (taken < body.size()) taken += walk.walk({exact.get(), piece.size()}, &decoded).bytes;
      }
      ASSERT_EQ(taken, body.size()) << first << ' ' << second;
      ASSERT_EQ(decoded, "abc0123456789") << first << ' ' << second;
    }
  }
}

TEST(ChunkedWalk, EveryTruncationNeedsMore) {
  const std::string body = "3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n";
  for (std::size_t size = 0; size < body.size(); ++size) {
    ChunkedWalk walk;
    const auto step = walk.walk(body.substr(0, size));
    EXPECT_EQ(step.state, State::kMore) << size;
    EXPECT_EQ(step.bytes, size);
  }
}

TEST(ChunkedWalk, GivesWhatIsBeforeTheFault) {
  ChunkedWalk walk;
  const auto step = walk.walk("3\r\nabc\r\n5\nabcde");
  EXPECT_EQ(step.state, State::kRefused);
  EXPECT_EQ(step.bytes, 9u);
  EXPECT_EQ(walk.refusal(), HeadRefusal::kBareLf);
}

TEST(ChunkedWalk, TakesSizesOfUpTo15Digits) {
  EXPECT_EQ(refusal_of("FFFFFFFFFFFFFFF\r\n"), HeadRefusal::kNone);
  EXPECT_EQ(refusal_of("0FFFFFFFFFFFFFFF\r\n"), HeadRefusal::kLength);
}

TEST(ChunkedWalk, HasLimitsThatAreExact) {
  const auto line = [](std::size_t size) { return "1;" + std::string(size - 4, 'x') + "\r\n"; };
  EXPECT_EQ(refusal_of(line(ChunkedWalk::kLineBytes)), HeadRefusal::kNone);
  EXPECT_EQ(refusal_of(line(ChunkedWalk::kLineBytes + 1)), HeadRefusal::kHeadTooLarge);
  const auto trailers = [](std::size_t size) { return "0\r\nX:" + std::string(size - 6, 'x') + "\r\n\r\n"; };
  EXPECT_EQ(refusal_of(trailers(ChunkedWalk::kTrailerBytes)), HeadRefusal::kNone);
  EXPECT_EQ(refusal_of(trailers(ChunkedWalk::kTrailerBytes + 1)), HeadRefusal::kHeadTooLarge);
}

TEST(ChunkedWalk, BoundsTheExtensionsOfAWholeMessage) {
  const std::string chunk = "1;" + std::string(1023, 'x') + "\r\na\r\n";
  ChunkedWalk walk;
  for (std::uint64_t seen = 0; seen < ChunkedWalk::kExtensionBytes; seen += 1024)
    ASSERT_EQ(walk.walk(chunk).state, State::kMore) << seen;
  EXPECT_EQ(walk.walk(chunk).state, State::kRefused);
  EXPECT_EQ(walk.refusal(), HeadRefusal::kHeadTooLarge);
}

TEST(ChunkedWalk, RefusesFramingFieldsInTrailersOnly) {
  EXPECT_EQ(refusal_of("0\r\nContent-Length: 1\r\n"), HeadRefusal::kFieldName);
  EXPECT_EQ(refusal_of("0\r\nTRANSFER_ENCODING: x\r\n"), HeadRefusal::kFieldName);
  EXPECT_EQ(refusal_of("0\r\nhost: x\r\n"), HeadRefusal::kFieldName);
  EXPECT_EQ(refusal_of("0\r\nContent-Lengths: 1\r\nX-Host: x\r\nTransfer-Encodings: y\r\n\r\n"),
            HeadRefusal::kNone);
}

TEST(ChunkedWalk, StartsAfreshAfterReset) {
  ChunkedWalk walk;
  ASSERT_EQ(walk.walk("0\r\n\r\n").state, State::kDone);
  walk.reset();
  EXPECT_EQ(walk.walk("1\r\na\r\n0\r\n\r\n").state, State::kDone);
  EXPECT_EQ(walk.body_bytes(), 1u);
}

TEST(ChunkedWalk, GivesTrailersHoweverCut) {
  const std::string_view bytes = "3\r\nabc\r\n0\r\nX-A: 1\r\nX-B:\r\n\r\nnext";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    ChunkedWalk walk;
    std::string decoded, trailers;
    ChunkedWalk::Step got;
    for (std::size_t at = 0; got.state == ChunkedWalk::State::kMore; at += got.bytes)
      got = walk.walk(bytes.substr(at, step), &decoded, &trailers);
    EXPECT_EQ(decoded, "abc");
    EXPECT_EQ(trailers, "X-A: 1\r\nX-B:\r\n\r\n");
  }
}

}  // namespace
}  // namespace mogura::protocol
