#pragma once

// Hash → connection number: open addressing with linear probing, a power of two of slots, backward-shift
// deletion (no tombstones). The caller confirms the key, as only hashes are kept here. Grows as needed; the
// caller bounds the number of entries.

#include <cstdint>
#include <vector>

namespace mogura::session::detail {

class FlowIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  FlowIndex() : slots_(kFirstSlots) {}

  // The number whose entry has this hash and for which is_it(number) holds; else kNone.
  template <class IsIt>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, IsIt&& is_it) const {
    for (std::size_t i = home(hash);; i = next(i)) {
      const Slot& slot = slots_[i];
      if (slot.number == kNone) return kNone;
      if (slot.tag == tag_of(hash) && is_it(slot.number)) return slot.number;
    }
  }

  void insert(std::uint64_t hash, std::uint32_t number) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    place({tag_of(hash), number});
    ++count_;
  }

  void erase(std::uint64_t hash, std::uint32_t number) {
    std::size_t hole = home(hash);
    while (slots_[hole].number != number) hole = next(hole);
    // Moves later entries of the run back, so that none becomes unreachable.
    for (std::size_t i = next(hole); slots_[i].number != kNone; i = next(i)) {
      const std::size_t wanted = slots_[i].tag & mask();
      if (((i - wanted) & mask()) < ((i - hole) & mask())) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = Slot{};
    --count_;
  }

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }

 private:
  static constexpr std::size_t kFirstSlots = 1024;
  struct Slot {
    std::uint32_t tag = 0;  // low half of the hash; its low bits are the home slot
    std::uint32_t number = kNone;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return tag_of(hash) & mask(); }
  [[nodiscard]] std::size_t next(std::size_t i) const { return (i + 1) & mask(); }
  void place(Slot entry) {
    std::size_t i = entry.tag & mask();
    while (slots_[i].number != kNone) i = next(i);
    slots_[i] = entry;
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace mogura::session::detail
