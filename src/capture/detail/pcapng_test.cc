#include "capture/detail/pcapng.h"

#include <gtest/gtest.h>

#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

constexpr std::int64_t kSecond = 1'000'000'000;

Bytes simple(std::uint32_t original, const Bytes& data, bool big_endian = false) {
  return block(3, Writer(big_endian).u32(original).raw(data).bytes(), big_endian);
}

Bytes obsolete(std::uint16_t number, std::uint64_t ticks, const Bytes& data, bool big_endian = false) {
  const auto length = static_cast<std::uint32_t>(data.size());
  Writer body(big_endian);
  body.u16(number).u16(0).u32(static_cast<std::uint32_t>(ticks >> 32)).u32(static_cast<std::uint32_t>(ticks));
  return block(2, body.u32(length).u32(length).raw(data).bytes(), big_endian);
}

Bytes offset_option(std::int64_t seconds, bool big_endian = false) {
  const Bytes value = Writer(big_endian).u64(static_cast<std::uint64_t>(seconds)).bytes();
  return option(14, value, big_endian);
}

TEST(Pcapng, ReadsAllPacketBlocksInBothByteOrders) {
  for (const bool big : {false, true}) {
    SCOPED_TRACE(big ? "big-endian" : "little-endian");
    const Bytes capture = section(big) + interface(1, {}, big) +
                          enhanced(0, 5'000'001, bytes_of("enhanced"), big, 99) +
                          obsolete(0, 6'000'000, bytes_of("old"), big) + simple(6, bytes_of("simple"), big);
    const Outcome outcome = read_whole(capture);
    ASSERT_EQ(outcome.frames.size(), 3u);
    EXPECT_EQ(outcome.frames[0],
              (Copy{bytes_of("enhanced"), 99, packet::LinkType::kEthernet, 5 * kSecond + 1000}));
    EXPECT_EQ(outcome.frames[1], (Copy{bytes_of("old"), 3, packet::LinkType::kEthernet, 6 * kSecond}));
    EXPECT_EQ(outcome.frames[2], (Copy{bytes_of("simple"), 6, packet::LinkType::kEthernet, 6 * kSecond}));
    EXPECT_TRUE(outcome.report.errors.empty());
    EXPECT_EQ(outcome.report.format, "pcapng");
  }
}

TEST(Pcapng, SectionsHaveTheirOwnByteOrderAndInterfaces) {
  const Bytes capture = section(false) + interface(1) + interface(101) + enhanced(1, 1, {1}) +
                        section(true, 4096) + interface(276, {}, true) + enhanced(0, 2, {2}, true) +
                        section(false) + interface(113) + enhanced(0, 3, {3});
  const Outcome outcome = read_whole(capture);
  ASSERT_EQ(outcome.frames.size(), 3u);
  EXPECT_EQ(outcome.frames[0].link_type, packet::LinkType::kRaw);
  EXPECT_EQ(outcome.frames[1].link_type, packet::LinkType::kLinuxSll2);
  EXPECT_EQ(outcome.frames[2].link_type, packet::LinkType::kLinuxSll);
  EXPECT_TRUE(outcome.report.errors.empty());
}

TEST(Pcapng, TimeResolutionAndOffset) {
  struct Row {
    const char* why;
    Bytes options;
    std::uint64_t ticks;
    std::int64_t nanoseconds;
  };
  const std::uint64_t kMost = ~std::uint64_t{0};
  const Row rows[] = {
      {"microseconds by default", {}, 1'500'000, kSecond * 3 / 2},
      {"seconds", option(9, {0}), 3, 3 * kSecond},
      {"nanoseconds", option(9, {9}), 1'500'000'001, 1'500'000'001},
      {"picoseconds", option(9, {12}), 2'000'000'000'999, 2 * kSecond},
      {"finer than any clock", option(9, {127}), kMost, 0},
      {"power of two: 1/1024 s", option(9, {0x80 | 10}), 1536, kSecond * 3 / 2},
      {"power of two: whole seconds", option(9, {0x80}), 2, 2 * kSecond},
      {"power of two: finer than any clock", option(9, {0xFF}), kMost, 0},
      {"offset", offset_option(1000), 1'000'000, 1001 * kSecond},
      {"offset backwards", offset_option(-1000), 1001'000'000, kSecond},
      {"offset before 1970 is cut", offset_option(-1000), 0, 0},
      {"the lowest offset is cut", offset_option(std::numeric_limits<std::int64_t>::min()), kMost, 0},
      {"the highest offset is cut", offset_option(std::numeric_limits<std::int64_t>::max()), 0,
       kLatestNanoseconds},
      {"beyond 2116 is cut", option(9, {6}), kMost, kLatestNanoseconds},
      {"seconds beyond 2116 are cut", option(9, {0}), kMost, kLatestNanoseconds},
      {"other options are skipped", option(2, bytes_of("eth0")) + option(9, {9}) + option(0, {}), 7, 7},
      {"behind the end of options nothing counts", option(0, {}) + option(9, {9}), 7, 7000},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    const Outcome outcome = read_whole(section() + interface(1, row.options) + enhanced(0, row.ticks, {1}));
    ASSERT_EQ(outcome.frames.size(), 1u);
    EXPECT_EQ(outcome.frames[0].nanoseconds, row.nanoseconds);
  }
}

TEST(Pcapng, SkipsOtherBlocks) {
  Bytes capture = section() + interface();
  // Names, statistics, secrets, custom (twice), and two that nobody knows.
  for (const std::uint32_t type : {4u, 5u, 10u, 0xBADu, 0x40000BADu, 77u, 0x80000001u}) {
    capture = capture + block(type, bytes_of("whatever it says")) + enhanced(0, type, {1});
  }
  const Outcome outcome = read_whole(capture);
  EXPECT_EQ(outcome.frames.size(), 7u);
  EXPECT_TRUE(outcome.report.errors.empty());
}

TEST(Pcapng, SimplePacketIsCutAtTheSnapshotLength) {
  const Bytes capture = section() + interface(1, {}, false, 5) + simple(100, bytes_of("12345"));
  const Outcome outcome = read_whole(capture);
  ASSERT_EQ(outcome.frames.size(), 1u);
  EXPECT_EQ(outcome.frames[0].bytes, bytes_of("12345"));
  EXPECT_EQ(outcome.frames[0].original_length, 100u);
}

TEST(Pcapng, DamageStopsThereAndSaysWhy) {
  const Bytes good = section() + interface() + enhanced(0, 1, {1});
  const std::string at = "capture at offset " + std::to_string(good.size()) + ": ";
  Bytes other_trailer = enhanced(0, 1, {1});
  other_trailer.back() = 1;
  Bytes long_packet = enhanced(0, 1, {1});
  long_packet[20] = 5;
  struct Row {
    Bytes bad;
    const char* why;
  };
  const Row rows[] = {
      {Writer(false).u32(6).u32(4).u32(0).bytes(),
       "block length 4 is not a multiple of 4 that is 12 or more"},
      {Writer(false).u32(6).u32(13).u32(0).bytes(),
       "block length 13 is not a multiple of 4 that is 12 or more"},
      {Writer(false).u32(6).u32(kMaxBlockBytes + 4).u32(0).bytes(), "block length 16777220 exceeds 16777216"},
      {other_trailer, "block length 36 in front, 16777252 behind"},
      {enhanced(1, 1, {1}), "packet of interface 1, of 1 described"},
      {obsolete(7, 1, {1}), "packet of interface 7, of 1 described"},
      {section() + simple(1, {1}), "packet of interface 0, of 0 described"},
      {long_packet, "captured length 5 exceeds the block's 4"},
      {block(6, Bytes(16)), "packet block too short: 16 of 20 bytes"},
      {block(2, Bytes(16)), "packet block too short: 16 of 20 bytes"},
      {block(3, {}), "packet block too short: 0 of 4 bytes"},
      {block(1, Bytes(4)), "interface description too short: 4 of 8 bytes"},
      {interface(1, Writer(false).u16(9).u16(5).bytes()), "an option runs past the end of its block"},
      {block(0x0A0D0D0A, Writer(false).u32(0x1A2B3C4D).bytes()), "section header too short: 4 of 16 bytes"},
      {block(0x0A0D0D0A, Writer(false).u32(0x1A2B3C4D).u32(2).u64(0).bytes()),
       "pcapng version 2, known is 1"},
      {block(0x0A0D0D0A, Bytes(16)), "section header without the pcapng byte-order magic"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    const Outcome outcome = read_whole(good + row.bad + enhanced(0, 2, {2}));
    EXPECT_EQ(outcome.frames.size(), 1u);
    ASSERT_EQ(outcome.report.errors.size(), 1u);
    EXPECT_TRUE(outcome.report.errors[0].message().ends_with(row.why)) << outcome.report.errors[0].message();
    if (!std::string_view(row.why).ends_with("of 0 described")) {  // that one lies behind a good section
      EXPECT_EQ(outcome.report.errors[0].message(), at + row.why);
    }
  }
}

TEST(Pcapng, RecordLengthLimit) {
  for (const std::uint32_t length : {kMaxRecordBytes - 1, kMaxRecordBytes, kMaxRecordBytes + 1}) {
    SCOPED_TRACE(length);
    for (const Bytes& packet : {enhanced(0, 1, Bytes(length)), simple(length, Bytes(length))}) {
      const Outcome outcome = read_whole(section() + interface() + packet);
      EXPECT_EQ(outcome.frames.size(), length > kMaxRecordBytes ? 0u : 1u);
      EXPECT_EQ(outcome.report.errors.size(), length > kMaxRecordBytes ? 1u : 0u);
    }
  }
}

TEST(Pcapng, BlockLengthLimit) {
  for (const std::uint32_t length : {kMaxBlockBytes - 4, kMaxBlockBytes, kMaxBlockBytes + 4}) {
    SCOPED_TRACE(length);
    const Bytes capture = section() + interface() + block(77, Bytes(length - 12)) + enhanced(0, 1, {1});
    EXPECT_EQ(read_whole(capture).frames.size(), length > kMaxBlockBytes ? 0u : 1u);
  }
}

TEST(Pcapng, InterfaceLimit) {
  Writer many(false);
  for (std::size_t i = 0; i < kMaxInterfaces - 1; ++i) many.u32(1).u32(20).u32(1).u32(0).u32(20);
  const Bytes below = section() + many.bytes();
  EXPECT_TRUE(read_whole(below + interface()).report.errors.empty());
  EXPECT_EQ(read_whole(below + interface() + interface()).report.errors.at(0).code, ErrorCode::kLimit);
  EXPECT_TRUE(read_whole(below + interface() + section() + interface()).report.errors.empty());
}

TEST(Pcapng, EveryTruncationGivesTheFramesBeforeItAndOneErrorAtTheirEnd) {
  const Bytes parts[] = {section(), interface(1, option(9, {9})), enhanced(0, 1, Bytes(9, 'a')),
                         block(5, Bytes(8)), simple(3, Bytes(3))};
  Bytes capture;
  for (const Bytes& part : parts) capture = std::move(capture) + part;
  for (std::size_t size = kMagicBytes; size < capture.size(); ++size) {
    SCOPED_TRACE(size);
    std::size_t whole = 0, packets = 0, count = 0;
    for (const Bytes& part : parts) {
      if (whole + part.size() > size) break;
      whole += part.size();
      packets += ++count == 3 ? 1u : 0u;
    }
    const Bytes cut(capture.begin(), capture.begin() + static_cast<std::ptrdiff_t>(size));
    const Outcome outcome = read_whole(cut);
    EXPECT_EQ(outcome.frames.size(), packets);
    ASSERT_EQ(outcome.report.errors.size(), whole == size ? 0u : 1u);
    if (whole == size) continue;
    EXPECT_EQ(outcome.report.errors[0].place, "capture at offset " + std::to_string(whole));
    EXPECT_EQ(outcome.report.errors[0].code, ErrorCode::kTruncated);
  }
}

TEST(Pcapng, SplittingTheInputChangesNothing) {
  const Bytes capture = section() + interface() + enhanced(0, 1, Bytes(9, 'a')) + section(true) +
                        interface(101, {}, true) + enhanced(0, 2, Bytes(70, 'b'), true) +
                        block(9, Bytes(100), true);
  const Outcome whole = read_whole(capture);
  ASSERT_EQ(whole.frames.size(), 2u);
  for (std::size_t piece = 1; piece < capture.size(); ++piece) {
    for (const std::size_t chunk_bytes : {1u, 40u, 64u, 4096u}) {
      const Outcome pieces = read_pieces(capture, chunk_bytes, 1, [piece] { return piece; });
      EXPECT_EQ(pieces.frames, whole.frames) << piece << " into chunks of " << chunk_bytes;
      EXPECT_TRUE(pieces.report.errors.empty());
    }
  }
}

}  // namespace
}  // namespace mogura::capture::detail
