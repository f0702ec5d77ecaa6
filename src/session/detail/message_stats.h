#pragma once

// Counts the messages of a connection: how many each way, which lengths recur, and the intervals between
// those of the client. What a message is (TLS record, TCP payload) the caller decides. Bounded; allocates
// only for what it counts.

#include <array>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "session/session.h"

namespace mogura::session::detail {

// Message lengths and how often each occurred: a small hash table that grows up to a limit of distinct
// lengths.
class LengthHistogram {
 public:
  void add(std::uint32_t length, std::size_t limit);
  // Takes one occurrence of `length` back, if it was counted.
  void remove(std::uint32_t length);
  void clear() {
    slots_.clear();
    distinct_ = 0;
  }
  void append_to(std::vector<LengthCount>& out, Direction direction) const;

 private:
  struct Slot {
    std::uint32_t length_plus_one = 0;  // 0: free
    std::uint32_t count = 0;
  };
  [[nodiscard]] Slot* find(std::uint32_t length);
  void grow();

  std::vector<Slot> slots_;  // a power of two; never full
  std::uint32_t distinct_ = 0;
};

class MessageStats {
 public:
  // Intervals kept for the median: of the first messages.
  static constexpr std::size_t kIntervals = 64;

  void add(Direction direction, std::uint32_t length, Timestamp time, const Limits& limits);
  // The latest message of this direction was longer by `more` bytes (they were cut off by the capture).
  void lengthen_last(Direction direction, std::uint32_t more, const Limits& limits);
  void clear();
  // Writes exchanges, lengths and interval.
  void write_to(Session& session) const;
  [[nodiscard]] std::uint64_t count(Direction direction) const { return count_[index(direction)]; }

 private:
  static std::size_t index(Direction direction) { return static_cast<std::size_t>(direction); }

  std::array<std::uint64_t, 2> count_{};
  std::array<std::uint32_t, 2> last_length_{};
  std::array<LengthHistogram, 2> lengths_;
  Timestamp last_up_{};
  std::vector<float> intervals_s_;
};

}  // namespace mogura::session::detail
