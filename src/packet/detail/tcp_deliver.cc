#include <algorithm>

#include "packet/detail/tcp_turn.h"

namespace mogura::packet {

namespace {

using detail::elapsed;
using detail::kUnknownOffset;

}  // namespace

Delivery TcpConnection::Turn::delivery_of(Side side, const TcpRun& run) {
  if (!run.has_acknowledgment) return {run.time, 0};
  return {run.time, direction(opposite(side)).acknowledged_offset(run.acknowledgment)};
}

void TcpConnection::Turn::deliver(Side side, const TcpRun& run) {
  Direction& sender = direction(side);
  const Delivery delivery = delivery_of(side, run);
  sender.advance(run.length);
  sender.stalled_since = now_;
  // A connection that goes on has not been reset, whoever sent that.
  if (elapsed(connection_.reset_time_, run.time) > limits().hole_patience) connection_.is_reset_ = false;
  if (!run.is_cut()) sink_.on_data(side, run.bytes, delivery);
  const std::size_t cut = run.length - run.bytes.size();
  pool_.counters.cut_bytes += cut;
  if (cut > 0) sink_.on_gap(side, cut, GapKind::kCutByCapture, delivery);
}

void TcpConnection::Turn::deliver_front(Side side) {
  Direction& sender = direction(side);
  sender.waiting->consume_front(pool_, [&](const TcpRun& run) { deliver(side, run); });
  free_if_empty(sender);
}

void TcpConnection::Turn::declare_gap(Side side, std::uint64_t length, const Delivery& delivery) {
  Direction& sender = direction(side);
  sender.advance(length);
  sender.stalled_since = now_;
  pool_.counters.gaps_bytes += length;
  sink_.on_gap(side, length, GapKind::kNotCaptured, delivery);
}

// Declares the hole before the first run that waits, and delivers what follows up to the next hole.
void TcpConnection::Turn::give_up_hole(Side side) {
  Direction& sender = direction(side);
  const TcpRun front = sender.waiting->front();
  if (front.offset > sender.next) declare_gap(side, front.offset - sender.next, delivery_of(side, front));
  while (sender.waiting != nullptr && sender.waiting->front().offset == sender.next) deliver_front(side);
}

bool TcpConnection::Turn::is_front_ready(const Direction& sender) const {
  return sender.is_open() && sender.waiting != nullptr && sender.waiting->front().offset == sender.next;
}

// Delivers what waits without a hole before it, over both sides by time.
void TcpConnection::Turn::drain() {
  const Direction& low = direction(Side::kLow);
  const Direction& high = direction(Side::kHigh);
  while (is_front_ready(low) || is_front_ready(high)) {
    const bool is_low = !is_front_ready(high) ||
                        (is_front_ready(low) && low.waiting->front().time <= high.waiting->front().time);
    deliver_front(is_low ? Side::kLow : Side::kHigh);
  }
  end_if_complete(Side::kLow);
  end_if_complete(Side::kHigh);
}

void TcpConnection::Turn::drop_waiting(Side side) {
  Direction& sender = direction(side);
  if (sender.waiting == nullptr) return;
  pool_.counters.out_of_window_segments += sender.waiting->truncate(0, pool_);
  sender.waiting.reset();
}

void TcpConnection::Turn::free_if_empty(Direction& sender) {
  if (sender.waiting != nullptr && sender.waiting->empty()) sender.waiting.reset();
}

void TcpConnection::Turn::end_if_complete(Side side) {
  const Direction& sender = direction(side);
  if (sender.is_open() && sender.fin_known && sender.next_sequence == sender.fin_sequence)
    end(side, EndKind::kFin, now_);
}

void TcpConnection::Turn::end(Side side, EndKind kind, Timestamp time) {
  direction(side).phase = Phase::kEnded;
  sink_.on_end(side, kind, time);
}

// Holes that have been acknowledged past for long enough, and beginnings held back for long enough.
void TcpConnection::Turn::expire() {
  for (const Side side : {Side::kLow, Side::kHigh}) {
    Direction& sender = direction(side);
    if (sender.phase == Phase::kHeld && elapsed(sender.stalled_since, now_) >= limits().midstream_patience) {
      release_held();
      drain();
    }
    if (!sender.is_open() || elapsed(sender.stalled_since, now_) <= limits().hole_patience) continue;
    // Later holes go too where what lies behind them is as old: the acknowledgment covers them all.
    while (sender.waiting != nullptr && sender.acknowledged >= sender.waiting->front().offset &&
           elapsed(sender.waiting->front().time, now_) > limits().hole_patience) {
      give_up_hole(side);
    }
    end_if_complete(side);
  }
}

void TcpConnection::Turn::finish() {
  release_held();
  drain();
  for (;;) {
    const auto& low = direction(Side::kLow).waiting;
    const auto& high = direction(Side::kHigh).waiting;
    if (low == nullptr && high == nullptr) break;
    const bool is_low = high == nullptr || (low != nullptr && low->front().time <= high->front().time);
    give_up_hole(is_low ? Side::kLow : Side::kHigh);
  }
  finish_tail(Side::kLow);
  finish_tail(Side::kHigh);
  connection_.needs_care_ = true;
}

void TcpConnection::Turn::finish_tail(Side side) {
  Direction& sender = direction(side);
  if (sender.phase == Phase::kEnded) return;
  const std::uint64_t sent = sender.fin_known ? sender.fin_offset() : sender.acknowledged;
  if (sender.is_open() && sent > sender.next) {
    // A single missing number at the very end is a FIN that was not captured, rather than a byte.
    const std::uint64_t missing = sent - sender.next;
    if (sender.fin_known || missing > 1) declare_gap(side, missing, {now_, kUnknownOffset});
  }
  if (sender.fin_known) return end(side, EndKind::kFin, now_);
  if (connection_.is_reset_) return end(side, EndKind::kReset, connection_.reset_time_);
  end(side, EndKind::kTimeout, now_);
}

}  // namespace mogura::packet
