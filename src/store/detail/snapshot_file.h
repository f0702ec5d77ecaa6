#pragma once

// Files of snapshots: written beside the file (PATH.tmp, mode 0600) and renamed, so that there is a whole one
// at any time. One thread at a time.

#include <span>
#include <string>
#include <vector>

#include "store/detail/snapshot.h"

namespace mogura::store::detail {

class SnapshotWriter {
 public:
  // Errors: kIo.
  static Result<SnapshotWriter> begin(const std::string& path);
  ~SnapshotWriter();  // what was not finished is deleted
  SnapshotWriter(SnapshotWriter&& other) noexcept;
  SnapshotWriter& operator=(SnapshotWriter&&) = delete;

  // Errors: kIo, of this and finish().
  Result<void> add(std::span<const StateRecord> records);
  // On the disk, and in its place, when it returns. `is_end`: nothing changes any more after this one.
  Result<void> finish(Timestamp now, bool is_end);

 private:
  SnapshotWriter(std::string path, int descriptor);
  Result<void> write(ByteView bytes);
  Result<void> write_block(std::span<const StateRecord> records);
  [[nodiscard]] Result<void> failure() const;

  std::string path_;
  int descriptor_;
  std::vector<std::uint8_t> block_;
  std::vector<StateRecord> waiting_;  // less than a block
  SnapshotHeader header_;
};

struct SnapshotFile {
  bool is_there = false;
  SnapshotContents contents;
};

// A file that ended says so only once: it is marked as read. Damaged ones are renamed to PATH.damaged.
// Errors: kIo, kFormat (another program's file, which stays as it is).
Result<SnapshotFile> read_snapshot_file(const std::string& path, const SnapshotSink& sink);

}  // namespace mogura::store::detail
