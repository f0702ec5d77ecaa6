#include "population/detail/group_table.h"

#include <algorithm>

#include "population/stable_hash.h"

namespace mogura::population::detail {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{16} << 10;
constexpr std::size_t kHashDigits = 16;

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xF];
}

std::string cut(std::string_view key, std::uint64_t hash) {
  constexpr std::string_view kEllipsis = "…";
  std::string text(key.substr(0, kGroupKeyBytes - kEllipsis.size() - kHashDigits));
  text += kEllipsis;
  append_hex(text, hash);
  return text;
}

}  // namespace

void Row::count(const Amounts& amounts) {
  sessions += amounts.sessions;
  bytes_up += amounts.bytes_up;
  bytes_down += amounts.bytes_down;
  first = std::min(first, amounts.first);
  last = std::max(last, amounts.last);
}

// The slot that holds the key, or the free one where it belongs.
std::size_t GroupTable::slot_of(std::string_view key, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  std::size_t i = hash & mask;
  for (; slots_[i].row_plus_one != 0; i = (i + 1) & mask) {
    if (slots_[i].tag == tag && rows_[slots_[i].row_plus_one - 1].key == key) break;
  }
  return i;
}

std::uint32_t GroupTable::row_of(std::string_view key, std::uint64_t hash, std::uint64_t sessions) {
  if (key.size() > kGroupKeyBytes) return row_of(cut(key, hash), hash, sessions);
  const std::size_t slot = slot_of(key, hash);
  if (slots_[slot].row_plus_one != 0) return slots_[slot].row_plus_one - 1;
  if (rows_.size() >= key_limit_ || text_bytes_ + key.size() > kGroupTextBytes) {
    count_not_listed(hash, sessions);
    return kNoRow;
  }
  return insert(key, hash);
}

void GroupTable::count_not_listed(std::uint64_t hash, std::uint64_t sessions) {
  sessions_not_listed_ += sessions;
  keys_not_listed_.add(hash, exact_limit_);
}

std::uint32_t GroupTable::find(std::string_view key) const {
  const std::uint64_t hash = stable_hash(key);
  const std::size_t slot = key.size() > kGroupKeyBytes ? slot_of(cut(key, hash), hash) : slot_of(key, hash);
  return slots_[slot].row_plus_one == 0 ? kNoRow : slots_[slot].row_plus_one - 1;
}

std::uint32_t GroupTable::insert(std::string_view key, std::uint64_t hash) {
  if ((rows_.size() + 1) * 3 > slots_.size() * 2) rehash();
  const auto index = static_cast<std::uint32_t>(rows_.size());
  slots_[slot_of(key, hash)] = {static_cast<std::uint32_t>(hash >> 32), index + 1};
  Row& row = rows_.emplace_back();
  row.key = keep(key);
  row.hash = hash;
  return index;
}

void GroupTable::rehash() {
  slots_.assign(slots_.size() * 2, Slot{});
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t index = 0; index < rows_.size(); ++index) {
    const std::uint64_t hash = rows_[index].hash;
    std::size_t i = hash & mask;
    while (slots_[i].row_plus_one != 0) i = (i + 1) & mask;
    slots_[i] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(index + 1)};
  }
}

std::string_view GroupTable::keep(std::string_view text) {
  if (chunks_.empty() || chunk_size_ - chunk_used_ < text.size()) {
    chunk_size_ = std::max(kChunkBytes, text.size());
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_size_));
    chunk_used_ = 0;
  }
  char* place = chunks_.back().get() + chunk_used_;
  text.copy(place, text.size());
  chunk_used_ += text.size();
  text_bytes_ += text.size();
  return {place, text.size()};
}

void GroupTable::merge_row(std::uint32_t index, const Row& from) {
  Row& to = rows_[index];
  to.count({from.sessions, from.bytes_up, from.bytes_down, from.first, from.last});
  for (std::size_t i = 0; i < kColumns; ++i) to.columns[i].merge(from.columns[i], exact_limit_);
}

void GroupTable::merge_not_listed(const GroupTable& other) {
  sessions_not_listed_ += other.sessions_not_listed_;
  keys_not_listed_.merge(other.keys_not_listed_, exact_limit_);
}

std::size_t GroupTable::memory_bytes() const {
  std::size_t bytes = rows_.capacity() * sizeof(Row) + slots_.capacity() * sizeof(Slot) + text_bytes_;
  for (const Row& row : rows_) {
    for (const Distinct& column : row.columns) bytes += column.heap_bytes();
  }
  return bytes;
}

}  // namespace mogura::population::detail
