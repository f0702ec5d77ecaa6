#pragma once

// Segments on their way from the reader to a worker, packed to one cache line each: what crosses from core to
// core is most of what threads cost. IPv4 addresses are packed with the rest; other keys stand beside.
// Payloads are views, kept alive by whoever owns the frames.

#include <cstdint>
#include <vector>

#include "packet/segment.h"

namespace mogura::app {

class SegmentQueue {
 public:
  void push(const packet::TcpSegment& segment, std::uint64_t hash) {
    Packed& packed = packed_.emplace_back();
    packed.hash = hash;
    packed.payload = segment.payload.data();
    packed.time = segment.time;
    packed.captured = static_cast<std::uint32_t>(segment.payload.size());
    packed.length = segment.payload_length;
    packed.wire_length = segment.wire_length;
    packed.sequence = segment.sequence;
    packed.acknowledgment = segment.acknowledgment;
    packed.low_port = segment.key.low.port;
    packed.high_port = segment.key.high.port;
    packed.vlan = segment.key.vlan;
    packed.flags = segment.flags;
    packed.is_from_high = segment.from == packet::Side::kHigh;
    packed.is_v4 = segment.key.low.address.is_v4() && segment.key.high.address.is_v4();
    if (packed.is_v4) {
      packed.low = segment.key.low.address.v4_bits();
      packed.high = segment.key.high.address.v4_bits();
    } else {
      packed.low = static_cast<std::uint32_t>(keys_.size());
      keys_.push_back(segment.key);
    }
  }

  [[nodiscard]] std::size_t size() const { return packed_.size(); }
  [[nodiscard]] bool empty() const { return packed_.empty(); }
  [[nodiscard]] std::uint64_t hash(std::size_t i) const { return packed_[i].hash; }
  [[nodiscard]] const std::uint8_t* payload(std::size_t i) const { return packed_[i].payload; }
  void unpack(std::size_t i, packet::TcpSegment& segment) const {
    const Packed& packed = packed_[i];
    if (packed.is_v4) {
      segment.key = {{Address::v4(packed.low), packed.low_port},
                     {Address::v4(packed.high), packed.high_port},
                     packed.vlan};
    } else {
      segment.key = keys_[packed.low];
    }
    segment.from = packed.is_from_high ? packet::Side::kHigh : packet::Side::kLow;
    segment.flags = packed.flags;
    segment.sequence = packed.sequence;
    segment.acknowledgment = packed.acknowledgment;
    segment.payload_length = packed.length;
    segment.payload = {packed.payload, packed.captured};
    segment.wire_length = packed.wire_length;
    segment.time = packed.time;
  }
  void clear() {
    packed_.clear();
    keys_.clear();
  }

 private:
  struct Packed {
    std::uint64_t hash;
    const std::uint8_t* payload;
    Timestamp time;
    std::uint32_t captured, length, wire_length, sequence, acknowledgment;
    std::uint32_t low, high;  // IPv4 addresses; else low is the key's place in keys_
    std::uint16_t low_port, high_port, vlan;
    std::uint8_t flags;
    bool is_from_high : 1, is_v4 : 1;
  };
  static_assert(sizeof(Packed) == 64);

  std::vector<Packed> packed_;
  std::vector<packet::FlowKey> keys_;
};

}  // namespace mogura::app
