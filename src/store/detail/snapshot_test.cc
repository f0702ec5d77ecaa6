#include "store/detail/snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace mogura::store::detail {
namespace {

using Bytes = std::vector<std::uint8_t>;

StateRecord record(std::uint32_t number) {
  StateRecord record{};
  for (std::size_t i = 0; i < 4; ++i) record.key.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  challenge::Entry entry;
  entry.issued = static_cast<std::uint16_t>(number);
  record.entry = encode(entry);
  return record;
}

Bytes snapshot_of(std::size_t count, bool is_end = false) {
  const std::size_t blocks = (count + kRecordsPerBlock - 1) / kRecordsPerBlock;
  const auto header =
      encode(SnapshotHeader{.blocks = blocks, .records = count, .written = {}, .is_end = is_end});
  Bytes bytes(header.begin(), header.end());
  for (std::size_t block = 0, number = 0; block < blocks; ++block) {
    std::vector<StateRecord> records;
    while (records.size() < kRecordsPerBlock && number < count) {
      records.push_back(record(static_cast<std::uint32_t>(number++)));
    }
    bytes.resize(bytes.size() + kBlockBytes);
    fill_block(std::span(bytes).last(kBlockBytes), static_cast<std::uint32_t>(block), records);
  }
  return bytes;
}

struct Read {
  Result<SnapshotContents> contents = SnapshotContents{};
  std::vector<StateRecord> records;
};

Read read(Bytes bytes) {
  bytes.shrink_to_fit();
  Read result;
  ByteView rest = bytes;
  const auto source = [&rest](std::span<std::uint8_t> buffer) {
    const std::size_t count = std::min(buffer.size(), rest.size());
    std::copy_n(rest.begin(), count, buffer.begin());
    rest = rest.subspan(count);
    return count;
  };
  result.contents = read_snapshot(
      source, [&](const SnapshotHeader&, const StateRecord& record) { result.records.push_back(record); });
  return result;
}

TEST(Snapshot, ComesBackWholeAtEveryFillOfItsLastBlock) {
  for (const std::size_t count : {0u, 1u, 1023u, 1024u, 1025u, 3000u}) {
    const Read got = read(snapshot_of(count, true));
    ASSERT_TRUE(got.contents);
    EXPECT_EQ(got.contents->damage, "");
    EXPECT_TRUE(got.contents->header.is_end);
    ASSERT_EQ(got.records.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(got.records[i].key, record(static_cast<std::uint32_t>(i)).key);
      EXPECT_EQ(got.records[i].entry, record(static_cast<std::uint32_t>(i)).entry);
    }
  }
}

TEST(Snapshot, OfAnotherProgramIsAnError) {
  for (const char* text :
       {"SQLite format 3", "M0GURACS", "x", "MOGURACX and more and more and more and more and more"}) {
    const Bytes bytes(text, text + std::strlen(text));
    const Read got = read(bytes);
    ASSERT_FALSE(got.contents) << text;
    EXPECT_EQ(got.contents.error().code, ErrorCode::kFormat);
  }
}

TEST(Snapshot, CutAnywhereGivesTheBlocksThatAreWhole) {
  const Bytes whole = snapshot_of(2100);
  for (std::size_t size = 0; size < whole.size(); size += size < 64 ? 1 : 997) {
    const Read got = read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_TRUE(got.contents) << size;
    EXPECT_NE(got.contents->damage, "") << size;
    const std::size_t blocks = size < kHeaderBytes ? 0 : (size - kHeaderBytes) / kBlockBytes;
    EXPECT_EQ(got.records.size(), blocks * kRecordsPerBlock) << size;
  }
}

TEST(Snapshot, AFlippedBitCostsItsBlockAlone) {
  const Bytes whole = snapshot_of(3000);
  for (std::size_t at = kHeaderBytes + kBlockBytes; at < kHeaderBytes + 2 * kBlockBytes; at += 1009) {
    Bytes bytes = whole;
    bytes[at] ^= 0x10;
    const Read got = read(bytes);
    ASSERT_TRUE(got.contents);
    EXPECT_EQ(got.contents->damage, "is damaged: 1976 of 3000 entries are whole") << at;
    EXPECT_EQ(got.records.size(), 1976u);
  }
}

TEST(Snapshot, BlocksInAnotherOrderAreNotTaken) {
  Bytes bytes = snapshot_of(2048);
  std::swap_ranges(bytes.begin() + kHeaderBytes, bytes.begin() + kHeaderBytes + kBlockBytes,
                   bytes.begin() + kHeaderBytes + kBlockBytes);
  EXPECT_EQ(read(bytes).records.size(), 0u);
}

TEST(Snapshot, ALaterVersionIsNotRead) {
  Bytes bytes = snapshot_of(10);
  bytes[11] = 2;
  const Read got = read(bytes);
  ASSERT_TRUE(got.contents);
  EXPECT_EQ(got.contents->damage, "is of version 2, which is not known here");
  EXPECT_EQ(got.records.size(), 0u);
}

TEST(Snapshot, WhatIsNoEntryIsLeftOut) {
  StateRecord odd = record(1);
  odd.entry[1] = 200;  // no such state
  const StateRecord records[] = {record(0), odd};
  const auto header = encode(SnapshotHeader{.blocks = 1, .records = 2, .written = {}, .is_end = false});
  Bytes bytes(header.begin(), header.end());
  bytes.resize(bytes.size() + kBlockBytes);
  fill_block(std::span(bytes).last(kBlockBytes), 0, records);
  const Read got = read(bytes);
  ASSERT_TRUE(got.contents);
  EXPECT_EQ(got.records.size(), 1u);
  EXPECT_EQ(got.contents->damage, "is damaged: 1 of 2 entries are whole");
}

}  // namespace
}  // namespace mogura::store::detail
