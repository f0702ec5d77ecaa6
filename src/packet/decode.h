#pragma once

// From a frame to the TCP segment inside: link layer, VLAN tags, MPLS, PPPoE, mirror-port encapsulation, IPv4
// and IPv6 with extension headers and fragments. Everything that does not end in a TCP segment is counted by
// its reason; nothing is dropped uncounted. One decoder per stream of frames; not thread-safe; no allocation
// per packet (fragments aside).
//
// Where lengths disagree, the innermost IP header's is believed: Ethernet padding is cut off by it, and an IP
// packet longer than its frame counts as cut by whoever captured or mirrored it (packet brokers slice without
// saying so). A total length of zero comes from segmentation offload: then the frame's length decides.
// Checksums are not verified, since offload leaves them unfilled.
//
// A layer, for Limits::encapsulation_depth, is a VLAN tag, an MPLS label, a PPPoE header, or a tunnel: GRE
// with or without ERSPAN (draft-foschiano-erspan), VXLAN (RFC 7348), GENEVE (RFC 8926), IP in IP. VXLAN and
// GENEVE are known by their UDP port and a header that makes sense. The VLAN id of the key is the innermost
// one that is not zero.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/limits.h"
#include "packet/frame.h"
#include "packet/segment.h"

namespace mogura::packet {

namespace detail {
class Fragments;
struct Cursor;
}  // namespace detail

// Why a frame gave no TCP segment. The names in the analysis document come from `name_of`.
enum class NotDecoded : std::uint8_t {
  kUnknownLinkType,     // link type not in LinkType
  kUnknownEtherType,    // neither IP nor an encapsulation we know; ARP, LLDP, STP and the like
  kUnknownIpProtocol,   // IP, but not TCP or UDP, and not an encapsulation we know
  kUdp,                 // UDP that is not mirror encapsulation
  kIcmp,                // ICMP and ICMPv6
  kTruncatedByCapture,  // the capture cut the frame before the end of the TCP header
  kMalformedLink,  // link, VLAN, MPLS, PPPoE or encapsulation header that contradicts itself or its length
  kMalformedIp,
  kMalformedTcp,
  kFragmentHeld,       // kept until its datagram is complete (not lost)
  kFragmentMalformed,  // offsets and lengths that no datagram can have, or that overlap differently
  kTooDeep,            // more layers than Limits::encapsulation_depth, or endless IPv6 extension headers
  kCount
};
std::string_view name_of(NotDecoded reason);  // "unknown-link-type", "udp", …

struct DecodeCounters {
  std::uint64_t frames = 0;
  std::uint64_t segments = 0;  // frames that ended in a TCP segment
  std::array<std::uint64_t, static_cast<std::size_t>(NotDecoded::kCount)> not_decoded{};
  std::uint64_t datagrams_reassembled = 0;
  std::uint64_t fragments_evicted = 0;  // given up after being counted as held: by limit, time or a conflict

  [[nodiscard]] std::uint64_t of(NotDecoded reason) const {
    return not_decoded[static_cast<std::size_t>(reason)];
  }
};

class Decoder {
 public:
  explicit Decoder(const Limits& limits);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Decodes one frame. True: `segment` is set. False: the reason has been counted, and `segment` is not to be
  // used. A frame that completes a fragmented datagram yields the whole datagram's segment, whose payload is
  // valid until the next call. Where the capture cut the frame, `payload` is what there is of
  // `payload_length` bytes; it is empty if the cut was in the TCP options.
  bool decode(const Frame& frame, TcpSegment& segment);

  // True if the segment of the last successful decode() lives in the decoder instead of in the frame's bytes;
  // whoever keeps segments beyond the next call must copy such a payload.
  [[nodiscard]] bool is_reassembled() const;

  [[nodiscard]] const DecodeCounters& counters() const { return counters_; }

 private:
  bool decode_layers(const Frame& frame, TcpSegment& segment);
  NotDecoded walk(detail::Cursor& cursor, LinkType link_type, TcpSegment& segment);

  Limits limits_;
  DecodeCounters counters_;
  std::unique_ptr<detail::Fragments> fragments_;
  bool reassembled_ = false;
};

}  // namespace mogura::packet
