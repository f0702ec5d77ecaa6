#include "packet/tcp.h"

#include "packet/detail/tcp_turn.h"

namespace mogura::packet {

namespace {

// A SYN this far before what was taken as the beginning in mid-stream is that stream's own, captured late.
constexpr std::int32_t kLateSynReach = 1 << 24;

}  // namespace

void TcpConnection::on_other_segment(const TcpSegment& segment, SegmentPool& pool, StreamSink& sink) {
  Turn(*this, pool, sink, segment.time).segment(segment);
}

void TcpConnection::finish(Timestamp time, SegmentPool& pool, StreamSink& sink) {
  Turn(*this, pool, sink, time).finish();
}

bool TcpConnection::is_reopened_by_syn(const TcpSegment& segment) const {
  if (detail::has_flag(segment, tcp_flag::kRst)) return false;
  const Direction& sender = directions_[index_of(segment.from)];
  const std::uint32_t sequence = detail::data_sequence(segment);
  const auto is_shortly_before = [sequence](std::uint32_t beginning) {
    const std::int32_t before = detail::sequence_distance(sequence, beginning);
    return 0 <= before && before <= kLateSynReach;
  };
  switch (sender.phase) {
    case Direction::Phase::kUnseen:
      // A refusal captured before the SYN it answers is no connection that has closed.
      return is_closed() && directions_[index_of(opposite(segment.from))].phase != Direction::Phase::kUnseen;
    case Direction::Phase::kHeld: {
      const std::uint64_t lowest =
          sender.waiting != nullptr ? sender.waiting->front().offset : sender.fin_offset();
      return !is_shortly_before(sender.next_sequence + static_cast<std::uint32_t>(lowest));
    }
    case Direction::Phase::kOpen:
    case Direction::Phase::kEnded:
      if (sender.first_sequence() == sequence) return false;
      return is_closed() || sender.begun_by_syn || !is_shortly_before(sender.first_sequence());
  }
  return false;
}

}  // namespace mogura::packet
