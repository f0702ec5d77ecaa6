#include "packet/decode.h"

#include <algorithm>

#include "packet/detail/cursor.h"
#include "packet/detail/fragments.h"
#include "packet/detail/ip.h"
#include "packet/detail/link.h"
#include "packet/detail/tunnel.h"

namespace mogura::packet {

namespace {

using detail::Cursor;
using detail::Next;
using detail::Protocol;

constexpr std::size_t kTcpHeader = 20;

void set_endpoints(TcpSegment& segment, const Address& source, const Address& destination,
                   const std::uint8_t* tcp) {
  const Endpoint sender{source, load_be16(tcp)};
  const Endpoint receiver{destination, load_be16(tcp + 2)};
  const bool is_from_high = sender > receiver;
  segment.from = is_from_high ? Side::kHigh : Side::kLow;
  segment.key.low = is_from_high ? receiver : sender;
  segment.key.high = is_from_high ? sender : receiver;
}

// The same for IPv4, without a branch: which side sends is a coin toss that no predictor learns.
void set_endpoints_v4(TcpSegment& segment, const std::uint8_t* addresses, const std::uint8_t* tcp) {
  const std::uint64_t sender = (std::uint64_t{load_be32(addresses)} << 16) | load_be16(tcp);
  const std::uint64_t receiver = (std::uint64_t{load_be32(addresses + 4)} << 16) | load_be16(tcp + 2);
  const std::uint64_t low = std::min(sender, receiver);
  const std::uint64_t high = std::max(sender, receiver);
  segment.from = static_cast<Side>(sender > receiver);
  segment.key.low = {Address::v4(static_cast<std::uint32_t>(low >> 16)), static_cast<std::uint16_t>(low)};
  segment.key.high = {Address::v4(static_cast<std::uint32_t>(high >> 16)), static_cast<std::uint16_t>(high)};
}

void set_control(TcpSegment& segment, const std::uint8_t* tcp) {
  segment.sequence = load_be32(tcp + 4);
  segment.acknowledgment = load_be32(tcp + 8);
  segment.flags = tcp[13];
}

// The frame that nearly all frames are: Ethernet with at most one VLAN tag, IPv4 without options or
// fragments, TCP, and lengths that agree. False, with nothing counted: take the long way.
bool decode_common(const Frame& frame, bool may_have_tag, TcpSegment& segment) {
  const std::size_t size = frame.bytes.size();
  if (frame.link_type != LinkType::kEthernet || size < 14 + 20 + kTcpHeader) return false;
  const std::uint8_t* ip = frame.bytes.data() + 14;
  std::uint16_t type = load_be16(ip - 2);
  std::uint16_t vlan = 0;
  if (type == 0x8100 && may_have_tag && size >= 18 + 20 + kTcpHeader) {
    vlan = load_be16(ip) & 0x0FFF;
    type = load_be16(ip + 2);
    ip += 4;
  }
  // The first byte: version 4 and a header of 20 bytes. Bytes 6 and 7: no fragment, whatever "don't fragment"
  // says.
  if (type != 0x0800 || ip[0] != 0x45 || ip[9] != 6 || (load_be16(ip + 6) & 0x3FFF) != 0) return false;
  const std::uint8_t* const tcp = ip + 20;
  const std::size_t total = load_be16(ip + 2);
  const std::size_t captured = static_cast<std::size_t>(frame.bytes.data() + size - ip);
  const std::size_t tcp_header = (tcp[12] >> 4) * 4u;
  const std::size_t headers = 20 + tcp_header;
  if (tcp_header < kTcpHeader || headers > total || headers > captured) return false;
  set_endpoints_v4(segment, ip + 12, tcp);
  set_control(segment, tcp);
  segment.key.vlan = vlan;
  segment.payload_length = static_cast<std::uint32_t>(total - headers);
  segment.payload = ByteView(ip + headers, std::min(total, captured) - headers);
  segment.wire_length = static_cast<std::uint32_t>(total);
  segment.time = frame.time;
  return true;
}

// kCount: `segment` is set.
NotDecoded decode_tcp(const Cursor& cursor, TcpSegment& segment) {
  if (!cursor.has(kTcpHeader)) return stop_short(cursor, kTcpHeader, NotDecoded::kMalformedTcp).reason;
  const std::uint8_t* const tcp = cursor.data();
  const std::size_t header = (tcp[12] >> 4) * 4u;
  if (header < kTcpHeader || header > cursor.wire) return NotDecoded::kMalformedTcp;
  set_endpoints(segment, cursor.source, cursor.destination, tcp);
  set_control(segment, tcp);
  segment.key.vlan = cursor.vlan;
  segment.payload_length = static_cast<std::uint32_t>(cursor.wire - header);
  segment.payload = cursor.bytes.subspan(std::min(header, cursor.bytes.size()));
  segment.wire_length = static_cast<std::uint32_t>(cursor.ip_length);
  segment.time = cursor.time;
  return NotDecoded::kCount;
}

}  // namespace

std::string_view name_of(NotDecoded reason) {
  switch (reason) {
    case NotDecoded::kUnknownLinkType:
      return "unknown-link-type";
    case NotDecoded::kUnknownEtherType:
      return "unknown-ether-type";
    case NotDecoded::kUnknownIpProtocol:
      return "unknown-ip-protocol";
    case NotDecoded::kUdp:
      return "udp";
    case NotDecoded::kIcmp:
      return "icmp";
    case NotDecoded::kTruncatedByCapture:
      return "truncated-by-capture";
    case NotDecoded::kMalformedLink:
      return "malformed-link";
    case NotDecoded::kMalformedIp:
      return "malformed-ip";
    case NotDecoded::kMalformedTcp:
      return "malformed-tcp";
    case NotDecoded::kFragmentHeld:
      return "fragment-held";
    case NotDecoded::kFragmentMalformed:
      return "fragment-malformed";
    case NotDecoded::kTooDeep:
      return "too-deep";
    case NotDecoded::kCount:
      break;
  }
  return {};
}

Decoder::Decoder(const Limits& limits)
    : limits_(limits), fragments_(std::make_unique<detail::Fragments>(limits)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

bool Decoder::is_reassembled() const {
  return reassembled_;
}

bool Decoder::decode(const Frame& frame, TcpSegment& segment) {
  ++counters_.frames;
  reassembled_ = false;
  if (!decode_common(frame, limits_.encapsulation_depth != 0, segment)) return decode_layers(frame, segment);
  ++counters_.segments;
  return true;
}

bool Decoder::decode_layers(const Frame& frame, TcpSegment& segment) {
  Cursor cursor;
  cursor.bytes = frame.bytes;
  cursor.wire = std::max<std::size_t>(frame.original_length, frame.bytes.size());
  cursor.layers_left = limits_.encapsulation_depth;
  cursor.time = frame.time;
  const NotDecoded reason = walk(cursor, frame.link_type, segment);
  counters_.datagrams_reassembled = fragments_->reassembled();
  counters_.fragments_evicted = fragments_->evicted();
  if (reason == NotDecoded::kCount) {
    ++counters_.segments;
    reassembled_ = cursor.reassembled;
    return true;
  }
  ++counters_.not_decoded[static_cast<std::size_t>(reason)];
  return false;
}

// From layer to layer until TCP or a reason to stop; kCount: `segment` is set. Ends, since every loop of
// layers spends one of Cursor::layers_left.
NotDecoded Decoder::walk(Cursor& cursor, LinkType link_type, TcpSegment& segment) {
  Next next = detail::link_layer(cursor, link_type);
  for (;;) {
    switch (next.protocol) {
      case Protocol::kStop:
        return next.reason;
      case Protocol::kEthernet:
        next = detail::ethernet(cursor);
        break;
      case Protocol::kVlan:
        next = detail::vlan(cursor);
        break;
      case Protocol::kLlc:
        next = detail::llc(cursor);
        break;
      case Protocol::kMpls:
        next = detail::mpls(cursor);
        break;
      case Protocol::kPppoe:
        next = detail::pppoe(cursor);
        break;
      case Protocol::kPpp:
        next = detail::ppp(cursor);
        break;
      case Protocol::kIp:
        next = detail::ip(cursor);
        break;
      case Protocol::kIpv4:
        next = detail::ipv4(cursor, *fragments_);
        break;
      case Protocol::kIpv6:
        next = detail::ipv6(cursor, *fragments_);
        break;
      case Protocol::kGre:
        next = detail::gre(cursor);
        break;
      case Protocol::kUdp:
        next = detail::udp(cursor);
        break;
      case Protocol::kTcp:
        return decode_tcp(cursor, segment);
    }
  }
}

}  // namespace mogura::packet
