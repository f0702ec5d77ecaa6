#pragma once

// What the layer functions of link.h, ip.h and tunnel.h share: the place in a frame up to which it has been
// understood, and the answer to what comes next. A cursor owns nothing; it is made anew for each frame.
//
//     understood     | bytes: captured          |
//   |================|==========================|..............|
//                    |<----- wire: sent by the host ---------->|

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "packet/decode.h"

namespace mogura::packet::detail {

enum class Protocol : std::uint8_t {
  kStop,  // no TCP segment; the reason stands beside it
  kEthernet,
  kVlan,
  kLlc,
  kMpls,
  kPppoe,
  kPpp,
  kIp,  // either version, by its first four bits
  kIpv4,
  kIpv6,
  kGre,
  kUdp,
  kTcp,
};

// The layer at the cursor.
struct Next {
  Protocol protocol = Protocol::kStop;
  NotDecoded reason = NotDecoded::kCount;  // for kStop
};

inline Next stop(NotDecoded reason) {
  return {Protocol::kStop, reason};
}
inline Next go(Protocol protocol) {
  return {protocol, NotDecoded::kCount};
}

struct Cursor {
  ByteView bytes;            // captured, from the layer's first byte
  std::size_t wire = 0;      // bytes sent, from there on; never less than bytes.size()
  unsigned layers_left = 0;  // of Limits::encapsulation_depth
  Timestamp time;
  Address source;  // of the innermost IP header so far
  Address destination;
  std::size_t ip_length = 0;  // bytes of that IP packet
  std::uint16_t vlan = 0;
  bool reassembled = false;  // `bytes` lies in the fragment store instead of the frame

  [[nodiscard]] const std::uint8_t* data() const { return bytes.data(); }
  [[nodiscard]] bool has(std::size_t count) const { return bytes.size() >= count; }

  // Moves past a header that has() said is there.
  void skip(std::size_t count) {
    bytes = bytes.subspan(count);
    wire -= count;
  }
  // Takes a length field's word for how much belongs to this layer; what is behind is padding. A length
  // beyond the frame stands: the rest was cut off.
  void set_length(std::size_t length) {
    bytes = bytes.first(std::min(bytes.size(), length));
    wire = length;
  }
};

// For a header of `count` bytes that is not there as a whole: cut off by the capture, or never sent.
inline Next stop_short(const Cursor& cursor, std::size_t count, NotDecoded never_sent) {
  return stop(cursor.wire < count ? never_sent : NotDecoded::kTruncatedByCapture);
}

// One layer of encapsulation more. Every way from a layer back to itself goes through here, which bounds the
// walk.
inline Next go_deeper(Cursor& cursor, Protocol protocol) {
  if (cursor.layers_left == 0) return stop(NotDecoded::kTooDeep);
  --cursor.layers_left;
  return go(protocol);
}

}  // namespace mogura::packet::detail
