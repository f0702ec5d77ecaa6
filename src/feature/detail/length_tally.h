#pragma once

// Lengths that sessions of one service repeated: in how many sessions, and how often in all.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "feature/features.h"
#include "feature/service.h"
#include "session/session.h"

namespace mogura::feature::detail {

class LengthTally {
 public:
  // Those of the session's lengths that occur at least `min_repeats` times.
  void add(const session::Session& session, std::uint32_t min_repeats);
  void merge(const LengthTally& other);
  // Most sessions first, then most messages. At most Service::kListed.
  [[nodiscard]] std::vector<RepeatedLength> lengths() const;
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t memory_bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t length = 0;
    std::uint32_t sessions = 0;
    std::uint64_t messages : 63 = 0;
    std::uint64_t is_down : 1 = 0;
  };
  void count(const Entry& entry);
  void forget_half(bool is_down);
  // Order of the table.
  static bool is_before(const Entry& a, const Entry& b);
  static bool is_more_frequent(const Entry& a, const Entry& b);

  std::vector<Entry> entries_;  // by direction and length
};

}  // namespace mogura::feature::detail
