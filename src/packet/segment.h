#pragma once

// A TCP segment as decode.h finds it in a frame, and the key of the connection it belongs to. Views point
// into the frame (or, for a reassembled datagram, into the decoder) and are valid until the next call of the
// decoder.

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/time.h"

namespace mogura::packet {

// One of the two sides of a connection: the one with the lower endpoint, and the other. Which of them is the
// client is not known at this level.
enum class Side : std::uint8_t { kLow = 0, kHigh = 1 };

inline Side opposite(Side side) {
  return side == Side::kLow ? Side::kHigh : Side::kLow;
}

// A connection's two endpoints in order, and what tells apart equal endpoints of different networks: the
// innermost VLAN id (0 where there is none). Symmetric: both directions have the same key.
struct FlowKey {
  Endpoint low;
  Endpoint high;
  std::uint16_t vlan = 0;

  bool operator==(const FlowKey&) const = default;
  [[nodiscard]] const Endpoint& endpoint(Side side) const { return side == Side::kLow ? low : high; }
};

inline std::uint64_t hash_of(const FlowKey& key, std::uint64_t seed) {
  const std::uint64_t ports =
      (std::uint64_t{key.low.port} << 32) | (std::uint64_t{key.high.port} << 16) | key.vlan;
  const std::uint64_t lows = hash_mix(key.low.address.low() ^ seed, key.high.address.low() + ports);
  if ((key.low.address.high() | key.high.address.high()) == 0) return lows;  // both IPv4
  return hash_mix(lows ^ key.low.address.high(), key.high.address.high() + seed);
}

// Control bits as in RFC 9293 §3.1.
namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
}  // namespace tcp_flag

struct TcpSegment {
  FlowKey key;
  Side from = Side::kLow;  // the sender
  std::uint8_t flags = 0;  // tcp_flag
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;  // meaningful with kAck
  std::uint32_t payload_length = 0;  // on the wire
  ByteView payload;  // captured part: at most payload_length, less where the capture cut the frame
  std::uint32_t wire_length = 0;  // bytes of the IP packet, for bytes_up and bytes_down
  Timestamp time;
};

}  // namespace mogura::packet
