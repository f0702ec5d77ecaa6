#pragma once

// For tests: gives a Recorder what a relay sees where a capture beside the client sees segments.

#include <algorithm>
#include <vector>

#include "packet/segment.h"
#include "session/recorder.h"

namespace mogura::session::testing {

// The first segment is the client's SYN.
inline FinishedPtr relay(RecorderPool& pool, const std::vector<packet::TcpSegment>& segments) {
  const packet::TcpSegment& opening = segments.front();
  Recorder recorder(pool, opening.key.endpoint(opening.from),
                    opening.key.endpoint(packet::opposite(opening.from)), opening.time);
  Timestamp last{};
  for (const packet::TcpSegment& segment : segments) {
    const Direction direction = segment.from == opening.from ? Direction::kUp : Direction::kDown;
    // From an exact-size block, gone after the call.
    const std::vector<std::uint8_t> bytes(segment.payload.begin(), segment.payload.end());
    recorder.on_data(direction, bytes, segment.time);
    if ((segment.flags & packet::tcp_flag::kFin) != 0) recorder.on_end(direction, segment.time);
    last = std::max(last, segment.time);
  }
  return recorder.finish(last);
}

}  // namespace mogura::session::testing
