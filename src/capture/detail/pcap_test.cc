#include "capture/detail/pcap.h"

#include <gtest/gtest.h>

#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

constexpr std::int64_t kSecond = 1'000'000'000;

struct Variant {
  const char* why;
  std::uint32_t magic;
  bool big_endian;
  Bytes between;  // what the variant has between record header and data
  std::int64_t nanoseconds;
};

const Variant kVariants[] = {
    {"microseconds, little-endian", kMicroseconds, false, {}, 7 * kSecond + 123'000},
    {"microseconds, big-endian", kMicroseconds, true, {}, 7 * kSecond + 123'000},
    {"nanoseconds, little-endian", kNanoseconds, false, {}, 7 * kSecond + 123},
    {"nanoseconds, big-endian", kNanoseconds, true, {}, 7 * kSecond + 123},
    {"modified, little-endian", kModified, false, Bytes(8, 0xEE), 7 * kSecond + 123'000},
    {"modified, big-endian", kModified, true, Bytes(8, 0xEE), 7 * kSecond + 123'000},
};

Bytes record_of(const Variant& variant, const Bytes& data) {
  Bytes record = pcap_record(7, 123, data, variant.big_endian);
  record.insert(record.begin() + 16, variant.between.begin(), variant.between.end());
  return record;
}

TEST(Pcap, ReadsEveryVariant) {
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.why);
    const Bytes capture = pcap_header(variant.magic, variant.big_endian) +
                          record_of(variant, bytes_of("first")) + record_of(variant, {}) +
                          record_of(variant, bytes_of("third"));
    const Outcome outcome = read_whole(capture);
    ASSERT_EQ(outcome.frames.size(), 3u);
    EXPECT_EQ(outcome.frames[0],
              (Copy{bytes_of("first"), 5, packet::LinkType::kEthernet, variant.nanoseconds}));
    EXPECT_EQ(outcome.frames[1], (Copy{{}, 0, packet::LinkType::kEthernet, variant.nanoseconds}));
    EXPECT_EQ(outcome.frames[2],
              (Copy{bytes_of("third"), 5, packet::LinkType::kEthernet, variant.nanoseconds}));
    EXPECT_TRUE(outcome.report.errors.empty());
    EXPECT_EQ(outcome.report.format, "pcap");
    EXPECT_EQ(outcome.report.packets, 3u);
    EXPECT_EQ(outcome.report.bytes, 10u);
  }
}

TEST(Pcap, TakesTheLinkTypeWithoutTheFcsBits) {
  const Bytes capture = pcap_header(kMicroseconds, false, 0x24000000 | 276) + pcap_record(1, 0, {1});
  EXPECT_EQ(read_whole(capture).frames.at(0).link_type, packet::LinkType::kLinuxSll2);
}

TEST(Pcap, WithoutRecordsIsAnEmptyCapture) {
  const Outcome outcome = read_whole(pcap_header());
  EXPECT_TRUE(outcome.frames.empty());
  EXPECT_TRUE(outcome.report.errors.empty());
  EXPECT_FALSE(outcome.report.first.has_value());
}

TEST(Pcap, OriginalLengthIsNeverLessThanCaptured) {
  const Bytes capture =
      pcap_header() + pcap_record(1, 0, Bytes(40), false, 1514) + pcap_record(1, 0, Bytes(40), false, 7);
  const Outcome outcome = read_whole(capture);
  EXPECT_EQ(outcome.frames.at(0).original_length, 1514u);
  EXPECT_EQ(outcome.frames.at(1).original_length, 40u);
}

TEST(Pcap, ReportHasLowestAndHighestTime) {
  const Bytes capture =
      pcap_header() + pcap_record(5, 0, {1}) + pcap_record(3, 0, {1}) + pcap_record(4, 0, {1});
  const InputReport report = read_whole(capture).report;
  EXPECT_EQ(report.first, Timestamp(std::chrono::seconds(3)));
  EXPECT_EQ(report.last, Timestamp(std::chrono::seconds(5)));
}

TEST(Pcap, LatestTimeOfTheFormatFitsTheRange) {
  const Bytes capture = pcap_header() + pcap_record(0xFFFFFFFF, 0xFFFFFFFF, {1});
  const std::int64_t latest = read_whole(capture).frames.at(0).nanoseconds;
  EXPECT_GT(latest, 0);
  EXPECT_LE(latest, kLatestNanoseconds);
}

TEST(Pcap, EveryTruncationGivesTheFramesBeforeItAndOneErrorAtTheirEnd) {
  const Bytes capture = pcap_header() + pcap_record(1, 0, Bytes(9, 'a')) + pcap_record(2, 0, Bytes(20, 'b'));
  const std::size_t ends[] = {24, 24 + 25, 24 + 25 + 36};  // of the header and the two records
  for (std::size_t size = kMagicBytes; size < capture.size(); ++size) {
    SCOPED_TRACE(size);
    const Bytes cut(capture.begin(), capture.begin() + static_cast<std::ptrdiff_t>(size));
    const Outcome outcome = read_whole(cut);
    const auto whole =
        static_cast<std::size_t>(std::upper_bound(std::begin(ends), std::end(ends), size) - ends);
    EXPECT_EQ(outcome.frames.size(), whole == 0 ? 0 : whole - 1);
    const std::size_t offset = whole == 0 ? 0 : ends[whole - 1];
    ASSERT_EQ(outcome.report.errors.size(), offset == size ? 0u : 1u);
    if (offset == size) continue;
    EXPECT_EQ(outcome.report.errors[0].place, "capture at offset " + std::to_string(offset));
    EXPECT_EQ(outcome.report.errors[0].code, ErrorCode::kTruncated);
  }
}

TEST(Pcap, SaysWhatIsMissing) {
  const Bytes capture = pcap_header() + pcap_record(1, 0, Bytes(1514));
  const auto cause_of = [&](std::size_t size) {
    return read_whole(ByteView(capture).first(size)).report.errors.at(0).cause;
  };
  EXPECT_EQ(cause_of(10), "the file ends inside its header: 10 of 24 bytes");
  EXPECT_EQ(cause_of(24 + 7), "the file ends inside a packet record's header: 7 of 16 bytes");
  EXPECT_EQ(cause_of(24 + 16 + 40), "the file ends inside a packet record: 40 of 1514 bytes");
}

TEST(Pcap, SplittingTheInputChangesNothing) {
  const Bytes capture = pcap_header() + pcap_record(1, 0, Bytes(9, 'a')) +
                        pcap_record(2, 0, Bytes(100, 'b')) + pcap_record(3, 0, {}) +
                        pcap_record(4, 0, Bytes(3, 'c'));
  const Outcome whole = read_whole(capture);
  ASSERT_EQ(whole.frames.size(), 4u);
  for (std::size_t piece = 1; piece < capture.size(); ++piece) {
    for (const std::size_t chunk_bytes : {1u, 40u, 64u, 4096u}) {
      const Outcome pieces = read_pieces(capture, chunk_bytes, 2, [piece] { return piece; });
      EXPECT_EQ(pieces.frames, whole.frames) << piece << " into chunks of " << chunk_bytes;
      EXPECT_TRUE(pieces.report.errors.empty());
    }
  }
}

TEST(Pcap, RecordLengthLimit) {
  struct Row {
    const char* why;
    std::uint32_t length;
    bool is_damage;
  };
  const Row rows[] = {{"below the limit", kMaxRecordBytes - 1, false},
                      {"at the limit", kMaxRecordBytes, false},
                      {"beyond the limit", kMaxRecordBytes + 1, true}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    const Bytes capture = pcap_header() + pcap_record(1, 0, {1}) + pcap_record(2, 0, Bytes(row.length));
    const Outcome outcome = read_whole(capture);
    EXPECT_EQ(outcome.frames.size(), row.is_damage ? 1u : 2u);
    ASSERT_EQ(outcome.report.errors.size(), row.is_damage ? 1u : 0u);
  }
}

TEST(Pcap, ImplausibleRecordStopsThereAndSaysWhy) {
  const Bytes junk = Writer(false).u32(2).u32(0).u32(0xFFFFFFFF).u32(0xFFFFFFFF).bytes();
  const Outcome outcome = read_whole(pcap_header() + pcap_record(1, 0, {1}) + junk + pcap_record(2, 0, {1}));
  EXPECT_EQ(outcome.frames.size(), 1u);
  ASSERT_EQ(outcome.report.errors.size(), 1u);
  EXPECT_EQ(outcome.report.errors[0].message(),
            "capture at offset 41: captured length 4294967295 exceeds 262144");
  EXPECT_EQ(outcome.report.errors[0].code, ErrorCode::kLimit);
}

TEST(Pcap, RefusesOtherVersions) {
  Bytes header = pcap_header();
  header[4] = 3;
  const Outcome outcome = read_whole(header + pcap_record(1, 0, {1}));
  EXPECT_TRUE(outcome.frames.empty());
  ASSERT_EQ(outcome.report.errors.size(), 1u);
  EXPECT_EQ(outcome.report.errors[0].message(), "capture at offset 0: pcap version 3.4, known is 2.4");
}

// Little-endian microseconds of Ethernet, big-endian nanoseconds of raw IP, and the modified variant.
struct Catenated {
  Bytes bytes;
  std::vector<std::size_t> ends;         // of headers and records
  std::vector<std::size_t> header_ends;  // of those, the headers
  std::vector<Copy> frames;
};

Catenated catenated() {
  struct Part {
    Bytes bytes;
    std::optional<Copy> frame;
  };
  const auto ether = packet::LinkType::kEthernet, raw = packet::LinkType::kRaw;
  const Variant& modified = kVariants[4];
  const Part parts[] = {
      {pcap_header(), {}},
      {pcap_record(1, 5, bytes_of("one")), Copy{bytes_of("one"), 3, ether, kSecond + 5000}},
      {pcap_header(kNanoseconds, true, 101), {}},
      {pcap_header(kNanoseconds, true, 101), {}},  // no record between them
      {pcap_record(2, 5, bytes_of("two"), true), Copy{bytes_of("two"), 3, raw, 2 * kSecond + 5}},
      {pcap_record(3, 5, {}, true), Copy{{}, 0, raw, 3 * kSecond + 5}},
      {pcap_header(kModified, false), {}},
      {record_of(modified, bytes_of("four")), Copy{bytes_of("four"), 4, ether, modified.nanoseconds}},
      {pcap_header(kMicroseconds, true), {}},
  };
  Catenated all;
  for (const Part& part : parts) {
    all.bytes = std::move(all.bytes) + part.bytes;
    all.ends.push_back(all.bytes.size());
    if (part.frame) {
      all.frames.push_back(*part.frame);
    } else {
      all.header_ends.push_back(all.bytes.size());
    }
  }
  return all;
}

TEST(PcapCatenated, EachFileHasItsOwnByteOrderTimeUnitAndLinkType) {
  const Catenated all = catenated();
  for (const bool is_cold : {false, true}) {
    const Outcome outcome = read_whole(all.bytes, is_cold);
    EXPECT_EQ(outcome.frames, all.frames);
    EXPECT_TRUE(outcome.report.errors.empty());
    EXPECT_EQ(outcome.report.format, "pcap");
  }
}

TEST(PcapCatenated, SplittingTheInputChangesNothing) {
  const Catenated all = catenated();
  for (std::size_t piece = 1; piece < all.bytes.size(); ++piece) {
    for (const std::size_t chunk_bytes : {1u, 40u, 64u, 4096u}) {
      for (const std::size_t max_frames : {1u, 100u}) {
        const Outcome pieces = read_pieces(all.bytes, chunk_bytes, max_frames, [piece] { return piece; });
        EXPECT_EQ(pieces.frames, all.frames) << piece << " into chunks of " << chunk_bytes;
        EXPECT_TRUE(pieces.report.errors.empty());
      }
    }
  }
}

TEST(PcapCatenated, EveryTruncationIsDamageWhereTheLastWholePartEnded) {
  const Catenated all = catenated();
  for (std::size_t size = 25; size < all.bytes.size(); ++size) {
    SCOPED_TRACE(size);
    const auto exact = std::make_unique<std::uint8_t[]>(size);
    std::copy_n(all.bytes.begin(), size, exact.get());
    const Outcome outcome = read_whole({exact.get(), size});
    const std::size_t end = *(std::upper_bound(all.ends.begin(), all.ends.end(), size) - 1);
    const auto upto = [&](const auto& ends) {
      return std::upper_bound(ends.begin(), ends.end(), end) - ends.begin();
    };
    EXPECT_EQ(outcome.frames.size(), static_cast<std::size_t>(upto(all.ends) - upto(all.header_ends)));
    ASSERT_EQ(outcome.report.errors.size(), end == size ? 0u : 1u);
    if (end == size) continue;
    EXPECT_EQ(outcome.report.errors[0].place, "capture at offset " + std::to_string(end));
    EXPECT_EQ(outcome.report.errors[0].code, ErrorCode::kTruncated);
  }
}

TEST(PcapCatenated, SaysThatItIsAHeaderThatIsCut) {
  const Bytes capture = pcap_header() + pcap_record(1, 0, {1}) + pcap_header(kNanoseconds, true);
  for (const std::size_t missing : {1u, 8u, 20u}) {
    const Outcome outcome = read_whole(ByteView(capture).first(capture.size() - missing));
    EXPECT_EQ(outcome.report.errors.at(0).message(),
              "capture at offset 41: the file ends inside the header of another one: " +
                  std::to_string(24 - missing) + " of 24 bytes");
  }
}

TEST(PcapCatenated, WhatFollowsTheHeaderIsDamagedThere) {
  const Bytes junk(16, 0xFF);
  const Outcome outcome = read_whole(pcap_header() + pcap_record(1, 0, {1}) + pcap_header() + junk);
  EXPECT_EQ(outcome.frames.size(), 1u);
  EXPECT_EQ(outcome.report.errors.at(0).place, "capture at offset 65");
}

TEST(PcapNextHeader, IsStrict) {
  struct Row {
    const char* why;
    std::size_t at;
    std::uint8_t byte;
    bool is_header;
  };
  const Row rows[] = {
      {"as tcpdump writes it", 0, 0xD4, true},
      {"nanoseconds' magic in part", 0, 0x4D, false},
      {"version 3.4", 4, 3, false},
      {"version 2.2", 6, 2, false},
      {"version 2.3", 6, 3, true},
      {"version 2.5", 6, 5, false},
      {"version 2.260", 7, 1, false},
      {"something captured", 8, 1, false},
      {"something on the wire", 12, 1, false},
      {"a snapshot length of 2 GiB - 1 at most", 19, 0x7F, true},
      {"a snapshot length that could be a time", 19, 0x80, false},
      {"a link type of sixteen bits", 21, 0xFF, true},
      {"reserved bits above the link type", 22, 1, false},
      {"the highest reserved bit", 23, 0x02, false},
      {"FCS bits", 23, 0x24, true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    Bytes header = pcap_header();
    header[row.at] = row.byte;
    EXPECT_EQ(is_next_header(header), row.is_header);
    EXPECT_EQ(is_next_header(header + Bytes(40, 0xFF)), row.is_header);
    for (std::size_t size = 0; size < header.size(); ++size) {
      const auto exact = std::make_unique<std::uint8_t[]>(size);
      std::copy_n(header.begin(), size, exact.get());
      const bool is_known = size >= (row.at / 4 + 1) * 4;  // the number has come in whole
      EXPECT_EQ(is_next_header({exact.get(), size}), size >= kMagicBytes && (row.is_header || !is_known))
          << size;
    }
  }
}

// Each of its bytes alone says more than any sensible length.
TEST(PcapNextHeader, SnapshotLengthOfAllOnesIsOneFromItsFirstByteOn) {
  for (const bool big_endian : {false, true}) {
    Bytes header = pcap_header(kMicroseconds, big_endian);
    std::fill_n(header.begin() + 16, 4, std::uint8_t{0xFF});
    for (std::size_t size = kMagicBytes; size <= header.size(); ++size) {
      EXPECT_TRUE(is_next_header(ByteView(header).first(size))) << size;
    }
  }
}

// An input that ended inside what had looked like a header until then was cut there or not, depending on how
// it arrived.
TEST(PcapNextHeader, DoubtIsResolvedByWhatThereIs) {
  const Bytes bad_snapshot = Writer(false).u32(0xD0040000).bytes();
  const Bytes header = pcap_header();
  const Bytes begin(header.begin(), header.begin() + 16);
  const Bytes capture = header + begin + bad_snapshot + Bytes(1);
  const Outcome whole = read_whole(capture);
  EXPECT_EQ(whole.frames.size(), 1u);
  EXPECT_EQ(whole.report.errors.at(0).place, "capture at offset 40");
  for (std::size_t piece = 1; piece < capture.size(); ++piece) {
    check_same(whole, read_pieces(capture, 64, 1, [piece] { return piece; }));
  }
}

TEST(PcapNextHeader, RecordThatOnlyBeginsLikeOneIsARecord) {
  // A packet of no bytes at the second that the magic is, and the next one in the same second.
  const Bytes empty = pcap_record(kMicroseconds, 0x00040002, {});
  const Outcome outcome = read_whole(pcap_header() + empty + pcap_record(kMicroseconds, 0x00040003, {1}));
  EXPECT_EQ(outcome.frames.size(), 2u);
  EXPECT_TRUE(outcome.report.errors.empty());
}

}  // namespace
}  // namespace mogura::capture::detail
