#pragma once

// What is known of one direction of a connection, and the arithmetic between 32-bit sequence numbers and
// 64-bit stream offsets. The two always agree modulo 2^32: `next` and `next_sequence` move together, so an
// offset is found from a sequence number by its signed distance to `next_sequence`.
//
//   kUnseen: nothing with a sequence number of its own yet. `acknowledged` may hold the raw number the peer
//   sent. kHeld:   in mid-stream, beginning not decided. The first segment stands at offset kHeldAnchor,
//   `next` is 0 and
//            never reached, so everything waits and may turn out to lie before the first.
//   kOpen:   offsets count from the beginning.
//   kEnded:  on_end has been called.

#include <cstdint>
#include <memory>

#include "base/time.h"

namespace mogura::packet::detail {

class WaitingRuns;
struct WaitingRunsDelete {
  void operator()(WaitingRuns* runs) const;  // in tcp_waiting.cc
};

// The largest window TCP can have (RFC 7323 §2.2). Sequence and acknowledgment numbers further away than this
// do not belong to the stream.
inline constexpr std::uint32_t kTcpWindow = std::uint32_t{1} << 30;
inline constexpr std::uint32_t kHeldAnchor = kTcpWindow;

// now - since, whatever the capture claims: it wraps where a difference of std::chrono would be undefined.
inline Duration elapsed(Timestamp since, Timestamp now) {
  return Duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                                            static_cast<std::uint64_t>(since.time_since_epoch().count())));
}

inline std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

struct TcpDirection {
  enum class Phase : std::uint8_t { kUnseen, kHeld, kOpen, kEnded };

  std::uint64_t next = 0;  // offset of the next byte to deliver
  std::uint64_t acknowledged =
      0;                    // highest offset the peer acknowledged beyond `next`; stale where not beyond
  Timestamp stalled_since;  // kHeld: since when; kOpen: `next` has not moved and is acknowledged past, since
  std::unique_ptr<WaitingRuns, WaitingRunsDelete> waiting;  // null where nothing waits
  std::uint32_t next_sequence = 0;
  std::uint32_t fin_sequence = 0;    // of the FIN; never before next_sequence
  std::uint32_t stray_sequence = 0;  // where the last stray segment ended
  std::uint8_t strays = 0;           // stray segments in a row, each beginning where the one before ended
  Phase phase = Phase::kUnseen;
  bool fin_known : 1 = false;
  bool begun_by_syn : 1 = false;          // the beginning is from the SYN, not assumed
  bool acknowledgment_known : 1 = false;  // kUnseen: `acknowledged` holds a raw number

  [[nodiscard]] bool is_open() const { return phase == Phase::kOpen; }
  [[nodiscard]] bool has_beginning() const { return phase >= Phase::kOpen; }
  [[nodiscard]] std::int32_t distance(std::uint32_t sequence) const {
    return sequence_distance(next_sequence, sequence);
  }
  // Sequence number of offset 0.
  [[nodiscard]] std::uint32_t first_sequence() const {
    return next_sequence - static_cast<std::uint32_t>(next);
  }
  [[nodiscard]] std::uint64_t fin_offset() const { return next + (fin_sequence - next_sequence); }
  [[nodiscard]] bool is_plausible(std::uint32_t sequence) const;
  // Whether the connection must look at this direction before it may take the short way.
  [[nodiscard]] bool needs_care() const {
    return !is_open() || waiting != nullptr || fin_known || strays != 0 || acknowledged > next;
  }
  // Whether there can be anything to deliver or to end without a new byte.
  [[nodiscard]] bool may_have_more() const { return waiting != nullptr || fin_known; }
  // The offset that a raw acknowledgment number of the peer stands for, not beyond the FIN; UINT64_MAX where
  // the beginning is unknown or the number implausible.
  [[nodiscard]] std::uint64_t acknowledged_offset(std::uint32_t acknowledgment) const;

  // kUnseen to kOpen: offset 0 is at `sequence`.
  void open(std::uint32_t sequence, Timestamp time);
  // kUnseen to kHeld.
  void hold(std::uint32_t sequence, Timestamp since);
  // Notes that the peer has received everything before `acknowledgment`.
  void note_acknowledgment(std::uint32_t acknowledgment);
  void advance(std::uint64_t count) {
    next += count;
    next_sequence += static_cast<std::uint32_t>(count);
  }

 private:
  void begin(Phase begun, std::uint32_t sequence);
};

}  // namespace mogura::packet::detail
