#include "packet/detail/tcp_turn.h"

namespace mogura::packet {

namespace {

using detail::data_sequence;
using detail::elapsed;
using detail::has_flag;
using detail::sequence_distance;

}  // namespace

// Takes the beginning from a SYN. False if it contradicts the one already known.
bool TcpConnection::Turn::synchronize(const TcpSegment& segment) {
  Direction& sender = direction(segment.from);
  const std::uint32_t sequence = data_sequence(segment);
  const bool is_same = sender.has_beginning() && sender.first_sequence() == sequence;
  const bool may_correct = sender.is_open() && !sender.begun_by_syn && sender.next == 0;
  if (sender.has_beginning() && !is_same && !may_correct) return false;
  const bool is_answer = has_flag(segment, tcp_flag::kAck);
  if (!connection_.initiator_known_) {
    connection_.initiator_known_ = true;
    connection_.initiator_ = is_answer ? opposite(segment.from) : segment.from;
  }
  if (!is_same) begin_at(segment.from, sequence);
  sender.begun_by_syn = true;
  if (is_answer) begin_by_answer(opposite(segment.from), segment.acknowledgment);
  drain();
  return true;
}

// A SYN-ACK acknowledges the other side's SYN, and so tells where its data begins, unless that came with the
// SYN.
void TcpConnection::Turn::begin_by_answer(Side side, std::uint32_t acknowledgment) {
  Direction& sender = direction(side);
  if (sender.has_beginning()) return;
  if (sender.phase == Phase::kHeld) {
    const std::uint32_t lowest = lowest_sequence(side);
    if (sequence_distance(lowest, acknowledgment) > 0) acknowledgment = lowest;
  }
  begin_at(side, acknowledgment);
}

// The first data or FIN of a side whose SYN was not seen. False for a keep-alive probe, which is no
// beginning.
bool TcpConnection::Turn::begin_in_midstream(Side side, const TcpSegment& segment) {
  Direction& sender = direction(side);
  const bool is_late = elapsed(connection_.first_time_, now_) >= limits().midstream_patience;
  if (is_late && sender.acknowledgment_known && direction(opposite(side)).has_beginning()) {
    // The peer, followed for a while already, had received all up to here: nothing earlier is to be expected.
    const auto expected = static_cast<std::uint32_t>(sender.acknowledged);
    const bool is_probe = segment.payload_length == 1 && !has_flag(segment, tcp_flag::kFin);
    if (is_probe && segment.sequence + 1 == expected) return false;
    if (segment.sequence == expected) {
      sender.open(segment.sequence, now_);
      return true;
    }
  }
  sender.hold(segment.sequence, is_late ? now_ : connection_.first_time_);
  return true;
}

// Offset 0 is at `sequence`. What waits keeps its sequence numbers; what lies before the beginning, or so far
// from it that one of the two must be wrong, is dropped.
void TcpConnection::Turn::begin_at(Side side, std::uint32_t sequence) {
  Direction& sender = direction(side);
  if (sender.phase == Phase::kUnseen) return sender.open(sequence, now_);
  const std::int32_t by = sequence_distance(sequence, sender.next_sequence);
  const auto reach = static_cast<std::int32_t>(sender.phase == Phase::kHeld ? 0 : detail::kTcpWindow);
  if (by > reach) {
    drop_waiting(side);
    sender.fin_known = false;
    sender.acknowledged = 0;
  }
  if (sender.waiting != nullptr) {
    pool_.counters.out_of_window_segments += sender.waiting->shift(by, pool_);
    free_if_empty(sender);
  }
  if (sender.fin_known && sequence_distance(sequence, sender.fin_sequence) < 0) sender.fin_known = false;
  const std::int64_t acknowledged = static_cast<std::int64_t>(sender.acknowledged) + by;
  const bool is_ahead = 0 < acknowledged && acknowledged <= std::int64_t{detail::kTcpWindow};
  sender.acknowledged = is_ahead ? static_cast<std::uint64_t>(acknowledged) : 0;
  sender.phase = Phase::kOpen;
  sender.next_sequence = sequence;
  sender.stalled_since = now_;
}

std::uint32_t TcpConnection::Turn::lowest_sequence(Side side) {
  const Direction& sender = direction(side);
  if (sender.waiting == nullptr) return sender.fin_sequence;
  return sender.next_sequence + static_cast<std::uint32_t>(sender.waiting->front().offset);
}

void TcpConnection::Turn::release_held() {
  for (const Side side : {Side::kLow, Side::kHigh}) {
    if (direction(side).phase == Phase::kHeld) begin_at(side, lowest_sequence(side));
  }
}

}  // namespace mogura::packet
