#include "packet/detail/tunnel.h"

#include "packet/detail/link.h"

namespace mogura::packet::detail {

namespace {

constexpr std::uint16_t kTransparentEthernet = 0x6558;
constexpr std::uint16_t kErspan = 0x88BE;  // types I and II
constexpr std::uint16_t kErspan3 = 0x22EB;
constexpr std::size_t kUdpHeader = 8;
constexpr std::size_t kTunnelHeader = 8;  // of VXLAN, and of GENEVE without options

Next erspan2(Cursor& cursor) {
  if (!cursor.has(8)) return stop_short(cursor, 8, NotDecoded::kMalformedLink);
  if (cursor.data()[0] >> 4 != 1) return stop(NotDecoded::kMalformedLink);  // version
  cursor.skip(8);
  return go(Protocol::kEthernet);
}

//  0                   1                   2                   3
//  | Ver=2 |         VLAN          | COS |BSO|T|      Session ID       |
//  |                            Timestamp                              |
//  |             SGT               |P|   FT    |   Hw ID   |D|Gra|O|     O: a platform subheader of 8 bytes
//  follows
Next erspan3(Cursor& cursor) {
  if (!cursor.has(12)) return stop_short(cursor, 12, NotDecoded::kMalformedLink);
  const std::uint16_t word = load_be16(cursor.data() + 10);
  if (cursor.data()[0] >> 4 != 2) return stop(NotDecoded::kMalformedLink);
  const std::size_t size = (word & 1) != 0 ? 20 : 12;
  if (!cursor.has(size)) return stop_short(cursor, size, NotDecoded::kMalformedLink);
  cursor.skip(size);
  switch ((word >> 10) & 0x1F) {  // frame type
    case 0:
      return go(Protocol::kEthernet);
    case 2:
      return go(Protocol::kIp);
    default:
      return stop(NotDecoded::kUnknownEtherType);
  }
}

// RFC 7348 §5. The group policy extension sets the top bit and uses bytes 1 to 3; without it they are zero.
bool is_vxlan(const std::uint8_t* p) {
  const bool has_extension = (p[0] & 0xC0) != 0;
  if ((p[0] & 0x08) == 0 || (p[0] & 0x37) != 0 || p[7] != 0) return false;
  return has_extension || (p[1] == 0 && p[2] == 0 && p[3] == 0);
}

Next geneve_content(std::uint16_t type) {
  return type == kTransparentEthernet ? go(Protocol::kEthernet) : ether_type(type);
}

// RFC 8926 §3.4. The reserved bits are zero, and what is inside is something we know.
bool is_geneve(const std::uint8_t* p, std::size_t wire) {
  const bool is_version_0 = p[0] >> 6 == 0;
  const std::size_t options = (p[0] & 0x3Fu) * 4;
  if (!is_version_0 || (p[1] & 0x3F) != 0 || p[7] != 0 || wire < kTunnelHeader + options) return false;
  return geneve_content(load_be16(p + 2)).protocol != Protocol::kStop;
}

Next vxlan(Cursor& cursor) {
  if (!is_vxlan(cursor.data())) return stop(NotDecoded::kUdp);
  cursor.skip(kTunnelHeader);
  return go_deeper(cursor, Protocol::kEthernet);
}

Next geneve(Cursor& cursor) {
  const std::uint8_t* const p = cursor.data();
  if (!is_geneve(p, cursor.wire)) return stop(NotDecoded::kUdp);
  const std::size_t header = kTunnelHeader + (p[0] & 0x3Fu) * 4;
  if (!cursor.has(header)) return stop(NotDecoded::kTruncatedByCapture);
  cursor.skip(header);
  const Next content = geneve_content(load_be16(p + 2));
  return go_deeper(cursor, content.protocol);
}

}  // namespace

//   |C|R|K|S|s|Recur|  Flags  | Ver |         Protocol Type         |
//   | checksum and offset, if C | key, if K | sequence number, if S |
Next gre(Cursor& cursor) {
  const Next layer = go_deeper(cursor, Protocol::kGre);
  if (layer.protocol == Protocol::kStop) return layer;
  if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
  const std::uint16_t flags = load_be16(cursor.data());
  const std::uint16_t type = load_be16(cursor.data() + 2);
  if ((flags & 0x0007) != 0) return stop(NotDecoded::kUnknownIpProtocol);  // version 1 is PPTP's (RFC 2637)
  if ((flags & 0x4C00) != 0) return stop(NotDecoded::kMalformedLink);      // RFC 2784 §2.3
  const bool has_sequence = (flags & 0x1000) != 0;
  const std::size_t size =
      4u + ((flags & 0x8000) != 0 ? 4u : 0u) + ((flags & 0x2000) != 0 ? 4u : 0u) + (has_sequence ? 4u : 0u);
  if (!cursor.has(size)) return stop_short(cursor, size, NotDecoded::kMalformedLink);
  cursor.skip(size);
  if (type == kTransparentEthernet) return go(Protocol::kEthernet);
  if (type == kErspan) return has_sequence ? erspan2(cursor) : go(Protocol::kEthernet);
  if (type == kErspan3) return erspan3(cursor);
  return ether_type(type);
}

Next udp(Cursor& cursor) {
  if (!cursor.has(kUdpHeader + kTunnelHeader)) return stop(NotDecoded::kUdp);
  const std::uint16_t destination = load_be16(cursor.data() + 2);
  const std::size_t length = load_be16(cursor.data() + 4);
  if (length != 0 && length < kUdpHeader + kTunnelHeader) return stop(NotDecoded::kUdp);
  if (length != 0) cursor.set_length(length);  // zero: a jumbogram or segmentation offload
  cursor.skip(kUdpHeader);
  switch (destination) {
    case 4789:
    case 8472:  // before the port was assigned, and on Linux still
      return vxlan(cursor);
    case 6081:
      return geneve(cursor);
    default:
      return stop(NotDecoded::kUdp);
  }
}

}  // namespace mogura::packet::detail
