#pragma once

// TCP reassembly of one connection: segments in, two ordered byte streams out, with what is missing as a
// value in the stream. Not a flow table (session/table.h owns the connections and gives each its segments)
// and not a TCP endpoint: it follows what was captured, whatever the hosts made of it.
//
// What comes out does not depend on the order, the repetition or the cutting of the segments that came in,
// within the limits: a byte is delivered once, in sequence order, and the first copy captured wins. (How
// bytes are cut into on_data calls does follow the segments: one call per run of new bytes of one captured
// segment, which is what message counting needs.)
//
//      delivered           hole        waiting            on_data(...)   next byte of the stream
//   |=================|...........|==============|        on_gap(n)      n bytes were not seen
//                     ^ next_                             on_end(...)    this side will send no more
//
// A hole becomes a gap when the buffered bytes exceed a limit, when the receiver has acknowledged past it and
// Limits::hole_patience of packet time has gone by, or when the connection ends. Bytes that the capture cut
// off (a snap length) are gaps too, of the kind kCutByCapture, delivered in place.
//
// A direction whose SYN was not seen, nor a SYN-ACK that answers it, is held back (Limits::midstream_*, from
// the first segment of the connection) before its lowest sequence number is taken as the beginning; if the
// SYN turns up meanwhile, it decides. Both directions are released together, in order of time.
//
// Sequence numbers more than 1 GiB away from what was seen are strays, counted and ignored; but three of them
// in a row that continue each other, with nothing regular in between, show that it is the stream that has
// moved: what lies between is a gap, or, where nothing was delivered yet, the stream begins anew.
//
// Memory: in-order segments are never copied. Bytes behind a hole are copied and charged to the SegmentPool,
// which bounds them over all connections of a worker. Not thread-safe.

#include <cstdint>
#include <memory>

#include "base/limits.h"
#include "packet/detail/tcp_direction.h"
#include "packet/segment.h"

namespace mogura::packet {

enum class GapKind : std::uint8_t {
  kNotCaptured,   // sent (as later bytes or acknowledgments show) but not in the capture
  kCutByCapture,  // in the capture, but cut off by its snap length
};

enum class EndKind : std::uint8_t { kFin, kReset, kTimeout };  // kTimeout: the caller gave the connection up

// What a delivery tells beside the bytes.
struct Delivery {
  Timestamp time;  // of the segment that brought the bytes
  // How much of the opposite stream the sender had received when it sent this, as an offset in that stream's
  // bytes (delivered, gaps included, from 0); an acknowledgment of nothing yet is 0. It tells cause from
  // coincidence: data sent before the answer was seen acknowledges less than the answer. No meaning where the
  // opposite stream's beginning is unknown (then UINT64_MAX).
  std::uint64_t acknowledged = 0;
};

class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // `bytes` is not empty and valid during the call only. One call per captured segment that brings new bytes.
  virtual void on_data(Side from, ByteView bytes, const Delivery& delivery) = 0;
  // `length` > 0 bytes of the stream are missing here. A kCutByCapture gap belongs to the on_data just before
  // it (or, where nothing of the payload was captured, stands for a segment of its own).
  virtual void on_gap(Side from, std::uint64_t length, GapKind kind, const Delivery& delivery) = 0;
  // Once per side at most, after its last byte: at its FIN once all bytes before it are accounted for, else
  // with finish(). A reset ends both sides.
  virtual void on_end(Side from, EndKind kind, Timestamp time) = 0;
};

struct TcpCounters {
  std::uint64_t gaps_bytes = 0;           // not captured, declared as gaps
  std::uint64_t cut_bytes = 0;            // cut off by the capture
  std::uint64_t retransmitted_bytes = 0;  // seen before or after their gap was declared; dropped
  std::uint64_t overlap_conflicts =
      0;  // segments that repeat bytes still held, with other content (first wins)
  std::uint64_t out_of_order_segments = 0;
  std::uint64_t holes_given_up_by_limit = 0;
  // Sequence numbers that cannot belong to the stream: strays, data after the FIN or before the beginning, a
  // second and different SYN or FIN, resets out of place, anything after finish(). Ignored, in whole or that
  // part.
  std::uint64_t out_of_window_segments = 0;
};

// Budget for bytes that wait behind holes, shared by the connections of one worker. What is reserved includes
// a fixed cost per waiting run, so that a flood of tiny segments is bounded too.
class SegmentPool {
 public:
  explicit SegmentPool(const Limits& limits) : limits_(limits) {}
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] std::size_t bytes_in_use() const { return bytes_in_use_; }
  bool reserve(std::size_t bytes) {
    if (bytes_in_use_ + bytes > limits_.out_of_order_bytes_total) return false;
    bytes_in_use_ += bytes;
    return true;
  }
  void release(std::size_t bytes) { bytes_in_use_ -= bytes; }
  TcpCounters counters;

 private:
  Limits limits_;
  std::size_t bytes_in_use_ = 0;
};

class TcpConnection {
  using Direction = detail::TcpDirection;

 public:
  TcpConnection() = default;
  // Whatever still waits must have been finished with finish(); this is checked (debug builds).
  ~TcpConnection() = default;
  TcpConnection(TcpConnection&&) noexcept = default;
  TcpConnection& operator=(TcpConnection&&) noexcept = default;

  // Feeds one segment, in the order of capture. Calls the sink for what becomes deliverable. The short way,
  // for the next bytes or a plain acknowledgment of a connection where nothing waits, costs a few
  // nanoseconds.
  void on_segment(const TcpSegment& segment, SegmentPool& pool, StreamSink& sink) {
    if (!is_next_of_plain_stream(segment)) return on_other_segment(segment, pool, sink);
    if (segment.payload.empty()) return;
    const Direction& receiver = directions_[index_of(opposite(segment.from))];
    const Delivery delivery{segment.time, receiver.next - (receiver.next_sequence - segment.acknowledgment)};
    directions_[index_of(segment.from)].advance(segment.payload_length);
    sink.on_data(segment.from, segment.payload, delivery);
  }

  // True if this segment opens a new connection on the same endpoints (port reuse): a SYN with another
  // initial sequence number, after the old connection had closed, been reset or moved on. The caller finishes
  // this one first and gives the segment to a fresh one.
  [[nodiscard]] bool is_reopened_by(const TcpSegment& segment) const {
    return (segment.flags & tcp_flag::kSyn) != 0 && is_reopened_by_syn(segment);
  }

  // Delivers all that waits, with gaps for the holes and for what was acknowledged but never seen, and on_end
  // for the sides that have not ended: kReset after a reset, else kTimeout. Segments fed later are counted
  // and ignored.
  void finish(Timestamp time, SegmentPool& pool, StreamSink& sink);

  // Both sides have ended, or one has reset the connection. After a reset, segments sent before it may still
  // be captured; they are delivered, and on_end(kReset) comes with finish().
  [[nodiscard]] bool is_closed() const {
    using Phase = Direction::Phase;
    return is_reset_ || (directions_[0].phase == Phase::kEnded && directions_[1].phase == Phase::kEnded);
  }
  // The side that sent the first SYN without ACK, or received a SYN with ACK, if either was seen.
  [[nodiscard]] bool knows_initiator() const { return initiator_known_; }
  [[nodiscard]] Side initiator() const { return initiator_; }

 private:
  class Turn;  // one call's worth of work beyond the short way

  static std::size_t index_of(Side side) { return static_cast<std::size_t>(side); }
  // The next bytes of a side, or none, all captured, and an acknowledgment that tells nothing new.
  [[nodiscard]] bool is_next_of_plain_stream(const TcpSegment& segment) const {
    constexpr std::uint8_t kControl = tcp_flag::kFin | tcp_flag::kSyn | tcp_flag::kRst | tcp_flag::kAck;
    const Direction& receiver = directions_[index_of(opposite(segment.from))];
    const std::uint32_t unread = receiver.next_sequence - segment.acknowledgment;
    return !needs_care_ && (segment.flags & kControl) == tcp_flag::kAck &&
           segment.sequence == directions_[index_of(segment.from)].next_sequence && unread <= receiver.next &&
           unread <= detail::kTcpWindow && segment.payload.size() == segment.payload_length;
  }
  void on_other_segment(const TcpSegment& segment, SegmentPool& pool, StreamSink& sink);
  [[nodiscard]] bool is_reopened_by_syn(const TcpSegment& segment) const;

  Direction directions_[2];
  Timestamp first_time_;  // of the first segment of all
  Timestamp reset_time_;
  bool needs_care_ = true;  // a direction or a reset rules out the short way
  bool has_started_ = false;
  bool is_reset_ = false;
  bool initiator_known_ = false;
  Side initiator_ = Side::kLow;
};

}  // namespace mogura::packet
