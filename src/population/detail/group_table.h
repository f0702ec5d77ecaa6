#pragma once

// One table of groups: key → row, with the key's text kept once. Open addressing over row numbers; rows and
// texts never move apart from the vector's growth. Bounded in keys and in bytes of text; what does not fit is
// counted, and its distinct keys are estimated. Private to the room.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "population/distinct.h"

namespace mogura::population::detail {

// The columns of a row: clients, and two of the other three dimensions (each table knows which).
inline constexpr std::size_t kColumns = 3;

// Text kept of one key. A longer key is kept as its beginning, "…" and 16 digits of a hash of all of it.
inline constexpr std::size_t kGroupKeyBytes = 4096;
// Text kept of all keys of a table. Beyond, new keys are treated as those beyond Limits::group_keys.
inline constexpr std::size_t kGroupTextBytes = std::size_t{32} << 20;

// What one session, or a row of another table, adds to a row.
struct Amounts {
  std::uint64_t sessions = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  Timestamp first{};
  Timestamp last{};
};

struct Row {
  std::string_view key;
  std::uint64_t hash = 0;  // stable_hash of the whole key
  std::uint64_t sessions = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  Timestamp first = Timestamp::max();
  Timestamp last = Timestamp::min();
  std::array<Distinct, kColumns> columns;

  void count(const Amounts& amounts);
};

class GroupTable {
 public:
  explicit GroupTable(const Limits& limits)
      : key_limit_(limits.group_keys), exact_limit_(limits.distinct_exact) {}

  static constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
  // The row of that key, made if need be; kNoRow when the table is full, and then `sessions` are counted as
  // not listed.
  std::uint32_t row_of(std::string_view key, std::uint64_t hash, std::uint64_t sessions);
  // Announces a row_of() with that hash: the memory is on its way while other work is done.
  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }
  // Adds the figures of a row of another table to those of row `index`.
  void merge_row(std::uint32_t index, const Row& row);
  void merge_not_listed(const GroupTable& other);
  // For keys that are not even looked up: the hash is that of the key, or of what the key follows from.
  void count_not_listed(std::uint64_t hash, std::uint64_t sessions);
  // kNoRow where there is none.
  [[nodiscard]] std::uint32_t find(std::string_view key) const;

  [[nodiscard]] Row& row(std::uint32_t index) { return rows_[index]; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] std::uint64_t keys_not_listed() const { return keys_not_listed_.count(); }
  [[nodiscard]] std::uint64_t sessions_not_listed() const { return sessions_not_listed_; }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;  // upper half of the hash: spares most looks at the row
    std::uint32_t row_plus_one = 0;
  };

  std::size_t slot_of(std::string_view key, std::uint64_t hash) const;
  std::uint32_t insert(std::string_view key, std::uint64_t hash);
  void rehash();
  std::string_view keep(std::string_view text);

  std::size_t key_limit_;
  std::size_t exact_limit_;
  std::vector<Row> rows_;
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_used_ = 0;
  std::size_t chunk_size_ = 0;
  std::size_t text_bytes_ = 0;
  std::uint64_t sessions_not_listed_ = 0;
  Distinct keys_not_listed_;
};

}  // namespace mogura::population::detail
