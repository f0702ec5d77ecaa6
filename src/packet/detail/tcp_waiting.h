#pragma once

// The bytes of one direction that wait behind holes: runs in sequence order that never overlap, each from one
// captured segment. A run either has its bytes or stands for bytes that the capture cut off. Knows nothing of
// TCP; the connection decides what goes in and when it comes out. What it holds is charged to the
// SegmentPool, and everything must have been taken out before it is destroyed.
//
//      next     front().offset
//       |..hole..|== run ==|== run ==|...hole...|== run ==|~~ cut ~~|

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "packet/tcp.h"

namespace mogura::packet::detail {

// What a captured segment brought, or what is left of it: `length` bytes on the wire from `offset` on, of
// which the first bytes.size() were captured. A view; `acknowledgment` is the raw number of the segment.
struct TcpRun {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  ByteView bytes;
  Timestamp time;
  std::uint32_t acknowledgment = 0;
  bool has_acknowledgment = false;

  [[nodiscard]] std::uint64_t end() const { return offset + length; }
  [[nodiscard]] bool is_cut() const { return bytes.empty(); }
  // The first `count` <= length bytes.
  [[nodiscard]] TcpRun head(std::uint32_t count) const;
  void drop_head(std::uint32_t count);
};

class WaitingRuns {
 public:
  // Charged to the pool for each run beside its bytes: its place in the list (which grows by doubling), its
  // block.
  static constexpr std::size_t kRunCost = 128;

  WaitingRuns() = default;
  WaitingRuns(const WaitingRuns&) = delete;
  WaitingRuns& operator=(const WaitingRuns&) = delete;
  ~WaitingRuns();

  [[nodiscard]] bool empty() const { return first_ == runs_.size(); }
  [[nodiscard]] std::size_t size() const { return runs_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }  // captured bytes held
  [[nodiscard]] TcpRun operator[](std::size_t index) const { return view_of(runs_[first_ + index]); }
  [[nodiscard]] TcpRun front() const { return (*this)[0]; }
  // The first run that ends after `offset`; size() where there is none. Logarithmic.
  [[nodiscard]] std::size_t find(std::uint64_t offset) const;

  // Copies `run`, which is all captured or all cut and overlaps nothing, to its place before `index`. False,
  // and nothing done, where the pool has no room. Linear in the runs after it.
  bool insert(std::size_t index, const TcpRun& run, SegmentPool& pool);
  // Takes `count` bytes at `offset` out of the cut run at `index`, which holds them; what is left of it
  // stays, in one or two runs. False where the pool has no room for the second.
  bool carve(std::size_t index, std::uint64_t offset, std::uint32_t count, SegmentPool& pool);
  // Removes the first run after `use` has been called with it.
  template <class Use>
  void consume_front(SegmentPool& pool, Use use) {
    Held held = take_front(pool);
    use(view_of(held));
  }
  // Removes everything from `offset` on. The number of runs removed or shortened.
  std::size_t truncate(std::uint64_t offset, SegmentPool& pool);
  // Moves every run by `by` and removes those that would begin below 0. The number of runs removed.
  std::size_t shift(std::int64_t by, SegmentPool& pool);

 private:
  struct Held {
    std::uint64_t offset;
    Timestamp time;
    std::unique_ptr<std::uint8_t[]> bytes;  // null: cut off
    std::uint32_t length;
    std::uint32_t acknowledgment;
    bool has_acknowledgment;
  };

  static TcpRun view_of(const Held& held);
  Held take_front(SegmentPool& pool);
  void release(const Held& held, SegmentPool& pool);

  std::vector<Held> runs_;
  std::size_t first_ = 0;  // runs before it have been taken
  std::size_t bytes_ = 0;
};

}  // namespace mogura::packet::detail
