#include <algorithm>

#include "packet/detail/tcp_turn.h"

namespace mogura::packet {

namespace {

using detail::data_sequence;
using detail::has_flag;
using detail::kUnknownOffset;
using detail::TcpRun;

// Stray segments in a row, each continuing the one before, that show the stream has moved.
constexpr std::uint8_t kStraysToMove = 3;
// A reset this far from the expected sequence number is believed (the largest window in common use).
constexpr std::int32_t kResetReach = 1 << 24;

}  // namespace

void TcpConnection::Turn::segment(const TcpSegment& segment) {
  if (!connection_.has_started_) connection_.first_time_ = now_;
  connection_.has_started_ = true;
  if (has_flag(segment, tcp_flag::kRst)) {
    reset(segment);
  } else if ((has_flag(segment, tcp_flag::kSyn) && !synchronize(segment)) || is_stray(segment)) {
    count_out_of_window();
  } else {
    take(segment);
  }
  if (direction(Side::kLow).may_have_more() || direction(Side::kHigh).may_have_more()) {
    drain();
    expire();
  }
  connection_.needs_care_ =
      connection_.is_reset_ || direction(Side::kLow).needs_care() || direction(Side::kHigh).needs_care();
}

// A reset only marks the connection: what was sent before it may be captured after it.
void TcpConnection::Turn::reset(const TcpSegment& segment) {
  const Direction& sender = direction(segment.from);
  const Direction& receiver = direction(opposite(segment.from));
  const auto is_near = [](std::int32_t away) { return -kResetReach <= away && away <= kResetReach; };
  bool is_believable = sender.is_plausible(segment.sequence);
  if (sender.has_beginning()) {
    is_believable = is_near(sender.distance(segment.sequence));
  } else if (receiver.has_beginning() && has_flag(segment, tcp_flag::kAck)) {
    is_believable =
        is_near(receiver.distance(segment.acknowledgment));  // the answer to a refused SYN has sequence 0
  }
  if (!is_believable) return count_out_of_window();
  if (!connection_.is_reset_) connection_.reset_time_ = now_;
  connection_.is_reset_ = true;
}

// Whether the segment's sequence number is too far off to belong to the stream. Moves the stream where enough
// of them agree.
bool TcpConnection::Turn::is_stray(const TcpSegment& segment) {
  Direction& sender = direction(segment.from);
  const std::uint32_t sequence = data_sequence(segment);
  const bool is_sane = segment.payload_length <= detail::kTcpWindow;
  if (is_sane && sender.is_plausible(sequence)) return false;
  if (!is_sane || segment.payload_length == 0 || sender.phase == Phase::kEnded) return true;
  const bool continues = sender.strays > 0 && sequence == sender.stray_sequence;
  sender.strays = static_cast<std::uint8_t>(continues ? sender.strays + 1 : 1);
  sender.stray_sequence = sequence + segment.payload_length;
  if (sender.strays < kStraysToMove) return true;
  move_stream(segment.from, sequence);
  return false;
}

void TcpConnection::Turn::move_stream(Side side, std::uint32_t sequence) {
  Direction& sender = direction(side);
  sender.strays = 0;
  sender.fin_known = false;
  if (sender.next == 0) {  // nothing delivered: what was taken for the beginning was none
    drop_waiting(side);
    sender.phase = Phase::kUnseen;
    sender.acknowledged = 0;
    sender.begun_by_syn = false;
    return;
  }
  while (sender.waiting != nullptr) give_up_hole(side);
  const Delivery delivery{now_, kUnknownOffset};
  if (sequence != sender.next_sequence) declare_gap(side, sequence - sender.next_sequence, delivery);
}

void TcpConnection::Turn::take(const TcpSegment& segment) {
  const Side side = segment.from;
  Direction& sender = direction(side);
  if (has_flag(segment, tcp_flag::kAck)) note_acknowledgment(opposite(side), segment.acknowledgment);
  const bool is_fin = has_flag(segment, tcp_flag::kFin);
  if (segment.payload_length == 0 && !is_fin) return;
  if (sender.phase == Phase::kUnseen && !begin_in_midstream(side, segment)) return;
  const std::uint32_t end = data_sequence(segment) + segment.payload_length;
  place(side, run_of(segment));
  if (is_fin) take_fin(sender, end);
}

// The patience with a hole begins when it is acknowledged past.
void TcpConnection::Turn::note_acknowledgment(Side of, std::uint32_t acknowledgment) {
  Direction& sender = direction(of);
  const std::uint64_t hole_end = sender.waiting != nullptr ? sender.waiting->front().offset : sender.next + 1;
  const bool was_past = sender.acknowledged >= hole_end;
  sender.note_acknowledgment(acknowledgment);
  if (sender.is_open() && !was_past && sender.acknowledged >= hole_end) sender.stalled_since = now_;
}

void TcpConnection::Turn::take_fin(Direction& sender, std::uint32_t sequence) {
  if (sender.fin_known) {
    if (sequence != sender.fin_sequence) count_out_of_window();
    return;
  }
  if (sender.phase == Phase::kEnded || sender.distance(sequence) < 0) return count_out_of_window();
  sender.fin_known = true;
  sender.fin_sequence = sequence;
  sender.acknowledged = std::min(sender.acknowledged, sender.fin_offset());
  if (sender.waiting == nullptr) return;
  pool_.counters.out_of_window_segments += sender.waiting->truncate(sender.fin_offset(), pool_);
  free_if_empty(sender);
}

// The part of the segment that can be new: not before what was delivered, not after the FIN.
TcpRun TcpConnection::Turn::run_of(const TcpSegment& segment) {
  Direction& sender = direction(segment.from);
  TcpRun run{sender.next, segment.payload_length, segment.payload,
             now_,        segment.acknowledgment, has_flag(segment, tcp_flag::kAck)};
  run.bytes = run.bytes.first(std::min<std::size_t>(run.bytes.size(), run.length));
  const std::int64_t away = sender.distance(data_sequence(segment));
  if (away > 0) run.offset += static_cast<std::uint64_t>(away);
  if (away < 0) {
    // A keep-alive probe right before the first byte is no sign of data before the beginning.
    if (static_cast<std::uint64_t>(-away) > sender.next + 1) count_out_of_window();
    const auto seen = static_cast<std::uint32_t>(std::min<std::int64_t>(-away, run.length));
    drop_seen(run, seen);
    run.offset = sender.next;
  }
  const std::uint64_t limit = sender.fin_known ? sender.fin_offset() : kUnknownOffset;
  const bool is_ended = sender.phase == Phase::kEnded;
  if (run.length > 0 && (is_ended || run.end() > limit)) {
    count_out_of_window();
    run = run.head(is_ended || run.offset >= limit ? 0 : static_cast<std::uint32_t>(limit - run.offset));
  }
  return run;
}

}  // namespace mogura::packet
