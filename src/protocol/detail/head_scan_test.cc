#include "protocol/detail/head_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::protocol::detail {
namespace {

using Place = HeadProgress::Place;

HeadProgress scan(std::string_view bytes, bool is_request) {
  HeadProgress progress;
  const HeadLimits limits;
  HeadScan(bytes, limits, is_request, progress).run();
  return progress;
}

TEST(HeadScan, SaysWhereEverythingStands) {
  const std::string bytes = "GET /a HTTP/1.0\r\nHost:  h \r\n\r\n";
  const HeadProgress progress = scan(bytes, true);
  ASSERT_EQ(progress.place, Place::kDone);
  EXPECT_EQ(progress.at, bytes.size());
  EXPECT_EQ(progress.method_end, 3u);
  EXPECT_EQ(bytes.substr(progress.target, progress.target_end - progress.target), "/a");
  EXPECT_EQ(progress.minor, 0u);
  ASSERT_EQ(progress.marks.size(), 1u);
  EXPECT_EQ(progress.marks[0].line, progress.fields);
  EXPECT_EQ(bytes.substr(progress.marks[0].value, 1), "h");
  EXPECT_EQ(progress.marks[0].value_end, progress.marks[0].value + 1);
}

TEST(HeadScan, LooksAtNothingTwice) {
  std::string bytes = "GET /aaaa";
  HeadProgress progress = scan(bytes, true);
  EXPECT_EQ(progress.at, bytes.size());
  bytes = std::string(bytes.size(), '\0') + " HTTP/1.1\r\nHost: abc";  // what was there is not looked at
  const HeadLimits limits;
  bytes.replace(0, 9, "GET /\x01\x01\x01\x01");
  HeadScan(bytes, limits, true, progress).run();
  EXPECT_EQ(progress.place, Place::kValue);
  EXPECT_EQ(progress.at, bytes.size());
}

TEST(HeadScan, WaitsForTheByteBehindACr) {
  for (const std::string_view cut : {"\r", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nA: b\r",
                                     "GET / HTTP/1.1\r\nA: b\r\n\r", "GET\r", "GET /\r"}) {
    EXPECT_NE(scan(cut, true).place, Place::kRefused) << cut;
    EXPECT_EQ(scan(std::string(cut) + "x", true).refusal, HeadRefusal::kBareCr) << cut;
  }
}

TEST(HeadScan, ReadsStatusLines) {
  EXPECT_EQ(scan("HTTP/1.1 200\r\n\r\n", false).status, 200u);
  EXPECT_EQ(scan("HTTP/1.1 100 a b\r\n\r\n", false).status, 100u);
  EXPECT_EQ(scan("HTTP/1.1 2000\r\n", false).refusal, HeadRefusal::kStatus);
  EXPECT_EQ(scan("HTTP/1.1200\r\n", false).refusal, HeadRefusal::kVersion);
  EXPECT_EQ(scan("HTTP/1.1\r\n", false).refusal, HeadRefusal::kStartLine);
}

TEST(HeadScan, TellsAnotherVersionFromNoVersion) {
  const struct {
    std::string_view word;
    HeadRefusal refusal;
  } cases[] = {
      {"HTTP/1.2", HeadRefusal::kVersion},    {"HTTP/2.0", HeadRefusal::kVersion},
      {"http/1.1", HeadRefusal::kVersion},    {"HTTP/1.1x", HeadRefusal::kStartLine},
      {"HTTP/1.11", HeadRefusal::kVersion},   {"FTP/1.1", HeadRefusal::kStartLine},
      {"HTTP/1.1 ", HeadRefusal::kStartLine}, {"HTTP", HeadRefusal::kStartLine},
      {" HTTP/1.1", HeadRefusal::kStartLine},
  };
  for (const auto& one : cases)
    EXPECT_EQ(scan("GET / " + std::string(one.word) + "\r\n", true).refusal, one.refusal) << one.word;
}

}  // namespace
}  // namespace mogura::protocol::detail
