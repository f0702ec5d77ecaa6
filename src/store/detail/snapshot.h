#pragma once

// Challenge state as the bytes of a snapshot (docs/formats/challenge-state.md): a header, then blocks of one
// size, each with a digest, so that a damaged block costs its own records and no others. Integers are
// big-endian. No files here: see snapshot_file.h. Any thread.
//
//   header  0         8        12               16      24       32       40     41..47
//           MOGURACS  version  records a block  blocks  records  written  ended  0
//   block   0      4      8                  53256
//           index  count  records, zeros     first 16 bytes of SHA-256 of all before

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "store/detail/state_table.h"

namespace mogura::store::detail {

inline constexpr std::uint32_t kSnapshotVersion = 1;
inline constexpr std::size_t kHeaderBytes = 48;
inline constexpr std::size_t kEndedAt = 40;
inline constexpr std::size_t kRecordsPerBlock = 1024;
inline constexpr std::size_t kBlockBytes = 8 + kRecordsPerBlock * sizeof(StateRecord) + 16;

struct SnapshotHeader {
  std::uint64_t blocks = 0, records = 0;
  Timestamp written{};
  bool is_end = false;  // nothing changed after this one was written
};
std::array<std::uint8_t, kHeaderBytes> encode(const SnapshotHeader& header);

// Fills `block`, of kBlockBytes, with at most kRecordsPerBlock records.
void fill_block(std::span<std::uint8_t> block, std::uint32_t index, std::span<const StateRecord> records);

struct SnapshotContents {
  SnapshotHeader header;
  std::uint64_t records = 0;  // given to the sink
  std::string damage;         // why not all, to follow the file's name; empty: whole
};
using SnapshotSource = std::function<std::size_t(std::span<std::uint8_t> buffer)>;
using SnapshotSink = std::function<void(const SnapshotHeader& header, const StateRecord& record)>;

// Gives each whole record to `sink`. `read` fills the buffer as far as there are bytes, and says how many; it
// is asked for one block at a time. Errors: kFormat (these are no bytes of a snapshot).
Result<SnapshotContents> read_snapshot(const SnapshotSource& read, const SnapshotSink& sink);

}  // namespace mogura::store::detail
