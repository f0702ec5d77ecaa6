#include "store/detail/snapshot.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace mogura::store::detail {
namespace {

constexpr std::string_view kMagic = "MOGURACS";
constexpr std::size_t kDigestBytes = 16;
constexpr std::uint8_t kEnded = 1;

void put(std::uint8_t* p, std::uint64_t value, std::size_t count) {
  for (; count != 0; value >>= 8) p[--count] = static_cast<std::uint8_t>(value);
}

bool is_whole(ByteView block, std::uint64_t index) {
  const auto digest = sha256(block.first(kBlockBytes - kDigestBytes));
  return load_be32(block.data()) == index && load_be32(&block[4]) <= kRecordsPerBlock &&
         std::memcmp(digest.data(), &block[kBlockBytes - kDigestBytes], kDigestBytes) == 0;
}

// How many of its records are entries.
std::uint64_t give(ByteView block, const SnapshotHeader& header, const SnapshotSink& sink) {
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < load_be32(&block[4]); ++i) {
    StateRecord record;
    std::memcpy(&record, &block[8 + i * sizeof record], sizeof record);
    if (!decode(record.entry)) continue;
    sink(header, record);
    ++given;
  }
  return given;
}

// Why the blocks cannot be read; empty: they can.
std::string read_header(ByteView bytes, SnapshotHeader& header) {
  ByteReader reader(bytes.subspan(kMagic.size()));
  const std::uint32_t version = reader.u32();
  const std::uint32_t records_per_block = reader.u32();
  header.blocks = reader.u64();
  header.records = reader.u64();
  header.written = Timestamp(Duration(static_cast<std::int64_t>(reader.u64())));
  header.is_end = reader.u8() == kEnded;
  if (!reader.ok()) return "ends in its header";
  if (version == kSnapshotVersion && records_per_block == kRecordsPerBlock) return {};
  return "is of version " + std::to_string(version) + ", which is not known here";
}

void read_blocks(const SnapshotSource& read, const SnapshotSink& sink, SnapshotContents& contents) {
  std::vector<std::uint8_t> block(kBlockBytes);
  std::uint64_t index = 0, broken = 0;
  for (; read(block) == block.size(); ++index) {
    if (is_whole(block, index)) {
      contents.records += give(block, contents.header, sink);
    } else {
      ++broken;
    }
  }
  if (broken != 0 || index != contents.header.blocks || contents.records != contents.header.records) {
    contents.damage = "is damaged: " + std::to_string(contents.records) + " of " +
                      std::to_string(contents.header.records) + " entries are whole";
  }
}

}  // namespace

std::array<std::uint8_t, kHeaderBytes> encode(const SnapshotHeader& header) {
  std::array<std::uint8_t, kHeaderBytes> bytes{};
  std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  put(&bytes[8], kSnapshotVersion, 4);
  put(&bytes[12], kRecordsPerBlock, 4);
  put(&bytes[16], header.blocks, 8);
  put(&bytes[24], header.records, 8);
  put(&bytes[32], static_cast<std::uint64_t>(header.written.time_since_epoch().count()), 8);
  bytes[kEndedAt] = header.is_end ? kEnded : 0;
  return bytes;
}

void fill_block(std::span<std::uint8_t> block, std::uint32_t index, std::span<const StateRecord> records) {
  std::fill(block.begin(), block.end(), std::uint8_t{0});
  put(block.data(), index, 4);
  put(&block[4], records.size(), 4);
  if (!records.empty()) std::memcpy(&block[8], records.data(), records.size_bytes());
  const auto digest = sha256(block.first(kBlockBytes - kDigestBytes));
  std::copy_n(digest.begin(), kDigestBytes, block.end() - kDigestBytes);
}

Result<SnapshotContents> read_snapshot(const SnapshotSource& read, const SnapshotSink& sink) {
  std::array<std::uint8_t, kHeaderBytes> start{};
  const std::size_t got = read(start);
  const std::size_t compared = std::min(got, kMagic.size());
  if (as_text(start).substr(0, compared) != kMagic.substr(0, compared)) {
    return fail(ErrorCode::kFormat, {}, "is not a snapshot of challenge state");
  }
  SnapshotContents contents;
  contents.damage =
      got < kMagic.size() ? "ends in its header" : read_header(ByteView(start).first(got), contents.header);
  if (contents.damage.empty()) read_blocks(read, sink, contents);
  return contents;
}

}  // namespace mogura::store::detail
