#pragma once

// A table of a fixed size: a key has a place in one bucket of eight, and when all are taken, the one used
// longest ago makes room. No allocation after construction, O(1), no rehashing while requests wait. Keys are
// hashes with a secret seed, so that nobody can aim at a bucket; two things with the same 64 bits would be
// taken for one. Private to the room; single-threaded.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace mogura::challenge::detail {

template <typename Value>
class BoundedTable {
 public:
  static constexpr std::size_t kWays = 8;

  // Room for at least `size`, and for one bucket.
  explicit BoundedTable(std::size_t size) : buckets_(std::max<std::size_t>(1, (size + kWays - 1) / kWays)) {
    slots_.resize(buckets_ * kWays);
  }

  // The value of `key`, made new where there was none; valid until the next call.
  Value& at(std::uint64_t key, Timestamp now) {
    Slot* const bucket = bucket_of(key);
    Slot* oldest = bucket;
    for (Slot* slot = bucket; slot != bucket + kWays; ++slot) {
      if (slot->is_used && slot->key == key) {
        slot->used = std::max(slot->used, now);
        return slot->value;
      }
      if (!oldest->is_used) continue;
      if (!slot->is_used || slot->used < oldest->used) oldest = slot;
    }
    evicted_ += oldest->is_used ? 1 : 0;
    size_ += oldest->is_used ? 0 : 1;
    *oldest = Slot{.key = key, .used = now, .value = Value{}, .is_used = true};
    return oldest->value;
  }
  // nullptr where there is none. Does not count as a use.
  [[nodiscard]] const Value* find(std::uint64_t key) const {
    const Slot* const bucket = const_cast<BoundedTable*>(this)->bucket_of(key);
    for (const Slot* slot = bucket; slot != bucket + kWays; ++slot) {
      if (slot->is_used && slot->key == key) return &slot->value;
    }
    return nullptr;
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return slots_.size(); }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    Timestamp used{};
    Value value{};
    bool is_used = false;
  };
  Slot* bucket_of(std::uint64_t key) { return &slots_[key % buckets_ * kWays]; }

  std::size_t buckets_;
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace mogura::challenge::detail
