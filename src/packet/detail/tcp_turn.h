#pragma once

// The long way of TcpConnection: one segment, or the end, handled with all that it takes. A Turn lives for
// one call. Its parts: where a stream begins (tcp_begin.cc), what a segment brings (tcp_take.cc), where its
// bytes go (tcp_place.cc), and what comes out (tcp_deliver.cc).

#include <limits>

#include "packet/detail/tcp_waiting.h"
#include "packet/tcp.h"

namespace mogura::packet {

namespace detail {

inline constexpr std::uint64_t kUnknownOffset = std::numeric_limits<std::uint64_t>::max();

inline bool has_flag(const TcpSegment& segment, std::uint8_t flag) {
  return (segment.flags & flag) != 0;
}

// Sequence number of the segment's first byte of data: a SYN takes one itself.
inline std::uint32_t data_sequence(const TcpSegment& segment) {
  return segment.sequence + (has_flag(segment, tcp_flag::kSyn) ? 1 : 0);
}

}  // namespace detail

// One segment, or the end, with all that it takes to handle it.
class TcpConnection::Turn {
 public:
  Turn(TcpConnection& connection, SegmentPool& pool, StreamSink& sink, Timestamp now)
      : connection_(connection), pool_(pool), sink_(sink), now_(now) {}

  void segment(const TcpSegment& segment);
  void finish();

 private:
  using Phase = Direction::Phase;
  using TcpRun = detail::TcpRun;

  Direction& direction(Side side) { return connection_.directions_[index_of(side)]; }
  const Limits& limits() const { return pool_.limits(); }
  void count_out_of_window() { ++pool_.counters.out_of_window_segments; }

  // Beginnings
  bool synchronize(const TcpSegment& segment);
  void begin_by_answer(Side side, std::uint32_t acknowledgment);
  bool begin_in_midstream(Side side, const TcpSegment& segment);
  void begin_at(Side side, std::uint32_t sequence);
  std::uint32_t lowest_sequence(Side side);
  void release_held();

  // What a segment brings
  void reset(const TcpSegment& segment);
  bool is_stray(const TcpSegment& segment);
  void move_stream(Side side, std::uint32_t sequence);
  void take(const TcpSegment& segment);
  void note_acknowledgment(Side of, std::uint32_t acknowledgment);
  void take_fin(Direction& sender, std::uint32_t sequence);
  TcpRun run_of(const TcpSegment& segment);
  void place(Side side, TcpRun run);
  void take_in_order(Side side, TcpRun& run);
  bool keep(Direction& sender, TcpRun& run);
  bool keep_over(Direction& sender, std::size_t index, TcpRun& run);
  bool has_room(const Direction& sender, std::size_t bytes) const;
  void make_room(Side side, TcpRun& run);
  void drop_seen(TcpRun& run, std::uint32_t count);
  void note_conflict(const TcpRun& waiting, const TcpRun& run);

  // Deliveries
  Delivery delivery_of(Side side, const TcpRun& run);
  void deliver(Side side, const TcpRun& run);
  void deliver_front(Side side);
  void declare_gap(Side side, std::uint64_t length, const Delivery& delivery);
  void give_up_hole(Side side);
  [[nodiscard]] bool is_front_ready(const Direction& sender) const;
  void drain();
  void drop_waiting(Side side);
  void free_if_empty(Direction& sender);
  void end_if_complete(Side side);
  void end(Side side, EndKind kind, Timestamp time);
  void finish_tail(Side side);
  void expire();

  TcpConnection& connection_;
  SegmentPool& pool_;
  StreamSink& sink_;
  Timestamp now_;
  bool has_conflict_ = false;
};

}  // namespace mogura::packet
