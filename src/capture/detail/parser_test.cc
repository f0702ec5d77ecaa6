#include "capture/detail/parser.h"

#include <gtest/gtest.h>

namespace mogura::capture::detail {
namespace {

TEST(Recognise, GoesByTheFirstFourBytes) {
  struct Row {
    const char* why;
    std::vector<std::uint8_t> first;
    Content content;
  };
  const Row rows[] = {
      {"pcap, big-endian", {0xA1, 0xB2, 0xC3, 0xD4}, Content::kPcap},
      {"pcap, little-endian", {0xD4, 0xC3, 0xB2, 0xA1}, Content::kPcap},
      {"pcap in nanoseconds", {0x4D, 0x3C, 0xB2, 0xA1}, Content::kPcap},
      {"pcap, modified", {0x34, 0xCD, 0xB2, 0xA1}, Content::kPcap},
      {"pcapng", {0x0A, 0x0D, 0x0D, 0x0A}, Content::kPcapng},
      {"gzip", {0x1F, 0x8B, 0x08, 0x00}, Content::kGzip},
      {"zstd", {0x28, 0xB5, 0x2F, 0xFD}, Content::kZstd},
      {"zstd, skippable frame in front", {0x5F, 0x2A, 0x4D, 0x18}, Content::kZstd},
      {"like a skippable frame", {0x60, 0x2A, 0x4D, 0x18}, Content::kUnknown},
      {"a text", {'h', 'e', 'l', 'l'}, Content::kUnknown},
      {"three bytes of a pcap", {0xD4, 0xC3, 0xB2}, Content::kUnknown},
      {"nothing", {}, Content::kUnknown},
  };
  for (const Row& row : rows) EXPECT_EQ(recognise(row.first), row.content) << row.why;
}

TEST(MakeParser, HasOneForEachCaptureFormat) {
  EXPECT_NE(make_parser(Content::kPcap, false), nullptr);
  EXPECT_NE(make_parser(Content::kPcapng, true), nullptr);
  EXPECT_EQ(make_parser(Content::kGzip, false), nullptr);
  EXPECT_EQ(make_parser(Content::kZstd, false), nullptr);
  EXPECT_EQ(make_parser(Content::kUnknown, false), nullptr);
}

}  // namespace
}  // namespace mogura::capture::detail
