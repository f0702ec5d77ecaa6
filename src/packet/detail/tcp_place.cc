#include <algorithm>
#include <cstring>

#include "packet/detail/tcp_turn.h"

namespace mogura::packet {

namespace {

using detail::WaitingRuns;

bool same_bytes(ByteView a, ByteView b) {
  const std::size_t size = std::min(a.size(), b.size());
  return size == 0 || std::memcmp(a.data(), b.data(), size) == 0;
}

}  // namespace

// Each round of the loop uses up part of the run, or a hole before it, or merges the held back beginning.
void TcpConnection::Turn::place(Side side, TcpRun run) {
  Direction& sender = direction(side);
  if (run.length == 0) return;
  sender.strays = 0;
  if (run.offset == sender.next && sender.waiting == nullptr) return deliver(side, run);
  if (sender.is_open() && run.offset > sender.next) ++pool_.counters.out_of_order_segments;
  while (run.length > 0) {
    if (run.offset < sender.next) {
      drop_seen(run,
                static_cast<std::uint32_t>(std::min<std::uint64_t>(sender.next - run.offset, run.length)));
    } else if (run.offset == sender.next) {
      take_in_order(side, run);
    } else if (!keep(sender, run)) {
      make_room(side, run);
    }
  }
  if (has_conflict_) ++pool_.counters.overlap_conflicts;
}

void TcpConnection::Turn::take_in_order(Side side, TcpRun& run) {
  Direction& sender = direction(side);
  std::uint32_t count = run.length;
  if (sender.waiting != nullptr) {
    const TcpRun front = sender.waiting->front();
    if (front.offset == sender.next && (!front.is_cut() || run.is_cut())) {
      note_conflict(front, run);
      return deliver_front(side);
    }
    if (front.offset == sender.next) {  // cut off there, captured here
      const auto filled = static_cast<std::uint32_t>(std::min<std::size_t>(front.length, run.bytes.size()));
      sender.waiting->carve(0, front.offset, filled, pool_);
      return free_if_empty(sender);
    }
    count = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, front.offset - run.offset));
  }
  deliver(side, run.head(count));
  run.drop_head(count);
}

// Puts the first part of the run, as far as it is of one kind, among those that wait. False where there is no
// room.
bool TcpConnection::Turn::keep(Direction& sender, TcpRun& run) {
  std::uint32_t count = run.is_cut() ? run.length : static_cast<std::uint32_t>(run.bytes.size());
  std::size_t index = 0;
  if (sender.waiting != nullptr) {
    index = sender.waiting->find(run.offset);
    if (index < sender.waiting->size()) {
      const std::uint64_t begin = (*sender.waiting)[index].offset;
      if (begin <= run.offset) return keep_over(sender, index, run);
      count = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, begin - run.offset));
    }
  }
  const TcpRun part = run.head(count);
  if (!has_room(sender, part.bytes.size())) return false;
  if (sender.waiting == nullptr) sender.waiting.reset(new WaitingRuns);
  if (!sender.waiting->insert(index, part, pool_)) {
    free_if_empty(sender);
    return false;
  }
  run.drop_head(count);
  return true;
}

// The same where the run at `index` already covers the place: the first copy wins, but one that was cut off
// gives way.
bool TcpConnection::Turn::keep_over(Direction& sender, std::size_t index, TcpRun& run) {
  TcpRun waiting = (*sender.waiting)[index];
  waiting.drop_head(static_cast<std::uint32_t>(run.offset - waiting.offset));
  const std::uint32_t both = std::min(waiting.length, run.length);
  if (waiting.is_cut() && !run.is_cut()) {
    const auto filled = static_cast<std::uint32_t>(std::min<std::size_t>(both, run.bytes.size()));
    // Carving may split, and what is filled in comes on top.
    const bool fits = sender.waiting->size() + 2 <= limits().out_of_order_runs && has_room(sender, filled);
    if (fits && sender.waiting->carve(index, run.offset, filled, pool_)) return true;
  }
  note_conflict(waiting, run);
  drop_seen(run, both);
  return true;
}

bool TcpConnection::Turn::has_room(const Direction& sender, std::size_t bytes) const {
  const std::size_t held = sender.waiting != nullptr ? sender.waiting->bytes() : 0;
  const std::size_t runs = sender.waiting != nullptr ? sender.waiting->size() : 0;
  const bool is_held = sender.phase == Phase::kHeld;
  const std::size_t limit =
      is_held ? std::min(limits().midstream_bytes, limits().out_of_order_bytes) : limits().out_of_order_bytes;
  return runs < limits().out_of_order_runs && bytes <= limit && held <= limit - bytes;
}

// The run has no room: a beginning is held back no longer, or the first hole is given up.
void TcpConnection::Turn::make_room(Side side, TcpRun& run) {
  Direction& sender = direction(side);
  if (sender.phase == Phase::kHeld) {
    std::uint32_t sequence = sender.next_sequence + static_cast<std::uint32_t>(run.offset);
    const bool has_lower = sender.waiting != nullptr && sender.waiting->front().offset < run.offset;
    if (has_lower) sequence = lowest_sequence(side);
    run.offset -= sequence - sender.next_sequence;
    begin_at(side, sequence);
    release_held();
    return drain();
  }
  ++pool_.counters.holes_given_up_by_limit;
  if (sender.waiting != nullptr && sender.waiting->front().offset < run.offset) return give_up_hole(side);
  declare_gap(side, run.offset - sender.next, delivery_of(side, run));
}

void TcpConnection::Turn::drop_seen(TcpRun& run, std::uint32_t count) {
  pool_.counters.retransmitted_bytes += count;
  run.drop_head(count);
}

void TcpConnection::Turn::note_conflict(const TcpRun& waiting, const TcpRun& run) {
  if (!same_bytes(waiting.bytes, run.bytes)) has_conflict_ = true;
}

}  // namespace mogura::packet
