#include "packet/detail/link.h"

namespace mogura::packet::detail {

namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::uint16_t kLargestLength = 1500;  // in the type field, below it is a length (IEEE 802.3 §3.2.6)
constexpr std::uint16_t kSmallestType = 0x0600;

// The protocol numbers of a Linux cooked header that are not EtherTypes (LINKTYPE_LINUX_SLL).
constexpr std::uint16_t kSllLlc = 0x0004;

Next sll(Cursor& cursor, std::size_t header, std::size_t protocol_offset) {
  if (!cursor.has(header)) return stop_short(cursor, header, NotDecoded::kMalformedLink);
  const std::uint16_t type = load_be16(cursor.data() + protocol_offset);
  cursor.skip(header);
  return type == kSllLlc ? go(Protocol::kLlc) : ether_type(type);
}

// BSD loopback: an address family in the byte order of the machine that captured (NULL) or of the network
// (LOOP), which writers do not keep apart. AF_INET6 differs between systems.
Next loopback(Cursor& cursor) {
  if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
  const std::uint8_t* const p = cursor.data();
  const std::uint32_t family = p[0] != 0 || p[1] != 0 ? __builtin_bswap32(load_be32(p)) : load_be32(p);
  cursor.skip(4);
  switch (family) {
    case 2:
      return go(Protocol::kIpv4);
    case 10:  // Linux
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // macOS
      return go(Protocol::kIpv6);
    default:
      return stop(NotDecoded::kUnknownEtherType);
  }
}

Next ppp_protocol(std::uint16_t protocol) {
  switch (protocol) {
    case 0x0021:
      return go(Protocol::kIpv4);
    case 0x0057:
      return go(Protocol::kIpv6);
    case 0x0281:
      return go(Protocol::kMpls);
    default:
      return stop(NotDecoded::kUnknownEtherType);
  }
}

// Cisco HDLC (RFC 1547 §4.3.1): address 0x0f (unicast) or 0x8f (broadcast), a zero, an EtherType.
Next cisco_hdlc(Cursor& cursor) {
  if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
  const std::uint16_t type = load_be16(cursor.data() + 2);
  cursor.skip(4);
  return ether_type(type);
}

Next ppp_hdlc(Cursor& cursor) {
  if (!cursor.has(1)) return stop_short(cursor, 1, NotDecoded::kMalformedLink);
  const std::uint8_t address = cursor.data()[0];
  return address == 0x0F || address == 0x8F ? cisco_hdlc(cursor) : ppp(cursor);
}

// A frame that has a known EtherType where Ethernet would have it.
bool looks_like_ethernet(const Cursor& cursor, std::size_t offset) {
  if (!cursor.has(offset + kEthernetHeader)) return false;
  return ether_type(load_be16(cursor.data() + offset + 12)).protocol != Protocol::kStop;
}

Next below_labels(Cursor& cursor) {
  if (!cursor.has(1)) return stop_short(cursor, 1, NotDecoded::kMalformedLink);
  switch (cursor.data()[0] >> 4) {
    case 4:
      return go(Protocol::kIpv4);
    case 6:
      return go(Protocol::kIpv6);
    case 0:
      if (!looks_like_ethernet(cursor, 4) && looks_like_ethernet(cursor, 0)) return go(Protocol::kEthernet);
      if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
      cursor.skip(4);
      return go(Protocol::kEthernet);
    default:
      return looks_like_ethernet(cursor, 0) ? go(Protocol::kEthernet) : stop(NotDecoded::kUnknownEtherType);
  }
}

// A type field that may as well be the length of an LLC frame.
Next type_or_length(Cursor& cursor, std::uint16_t value) {
  if (value >= kSmallestType) return ether_type(value);
  if (value > kLargestLength) return stop(NotDecoded::kMalformedLink);
  cursor.set_length(value);
  return go(Protocol::kLlc);
}

}  // namespace

Next link_layer(Cursor& cursor, LinkType type) {
  switch (type) {
    case LinkType::kEthernet:
      return go(Protocol::kEthernet);
    case LinkType::kNull:
    case LinkType::kLoop:
      return loopback(cursor);
    case LinkType::kPpp:
      return go(Protocol::kPpp);
    case LinkType::kPppHdlc:
      return ppp_hdlc(cursor);
    case LinkType::kPppEther:
      return go(Protocol::kPppoe);
    case LinkType::kRaw:
    case LinkType::kRawBsd:
    case LinkType::kRawOpenBsd:
      return go(Protocol::kIp);
    case LinkType::kIpv4:
      return go(Protocol::kIpv4);
    case LinkType::kIpv6:
      return go(Protocol::kIpv6);
    case LinkType::kLinuxSll:
      return sll(cursor, 16, 14);
    case LinkType::kLinuxSll2:
      return sll(cursor, 20, 0);
  }
  return stop(NotDecoded::kUnknownLinkType);  // the number came from a file
}

Next ether_type(std::uint16_t type) {
  switch (type) {
    case 0x0800:
      return go(Protocol::kIpv4);
    case 0x86DD:
      return go(Protocol::kIpv6);
    case 0x8100:  // 802.1Q
    case 0x88A8:  // 802.1ad service tag
    case 0x9100:  // its forerunner
      return go(Protocol::kVlan);
    case 0x8847:
    case 0x8848:  // upstream-assigned labels (RFC 5332)
      return go(Protocol::kMpls);
    case 0x8864:
      return go(Protocol::kPppoe);
    default:
      return stop(NotDecoded::kUnknownEtherType);
  }
}

Next ethernet(Cursor& cursor) {
  if (!cursor.has(kEthernetHeader)) return stop_short(cursor, kEthernetHeader, NotDecoded::kMalformedLink);
  const std::uint16_t type = load_be16(cursor.data() + 12);
  cursor.skip(kEthernetHeader);
  return type_or_length(cursor, type);
}

Next vlan(Cursor& cursor) {
  const Next layer = go_deeper(cursor, Protocol::kVlan);
  if (layer.protocol == Protocol::kStop) return layer;
  if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
  const std::uint16_t id = load_be16(cursor.data()) & 0x0FFF;
  if (id != 0) cursor.vlan = id;  // a priority tag (802.1Q §6.9) names no VLAN
  const std::uint16_t type = load_be16(cursor.data() + 2);
  cursor.skip(4);
  return type_or_length(cursor, type);
}

Next llc(Cursor& cursor) {
  if (!cursor.has(3)) return stop_short(cursor, 3, NotDecoded::kMalformedLink);
  const std::uint32_t saps = load_be16(cursor.data());
  const bool is_unnumbered = cursor.data()[2] == 0x03;
  if (is_unnumbered && saps == 0x0606) {
    cursor.skip(3);
    return go(Protocol::kIpv4);
  }
  if (!is_unnumbered || saps != 0xAAAA) return stop(NotDecoded::kUnknownEtherType);
  if (!cursor.has(8)) return stop_short(cursor, 8, NotDecoded::kMalformedLink);
  const std::uint32_t organization = load_be32(cursor.data() + 2) & 0x00FFFFFF;
  const std::uint16_t type = load_be16(cursor.data() + 6);
  cursor.skip(8);
  // RFC 1042's encapsulation, and that of IEEE 802.1H bridges.
  const bool holds_ether_type = organization == 0x000000 || organization == 0x0000F8;
  return holds_ether_type ? ether_type(type) : stop(NotDecoded::kUnknownEtherType);
}

Next ppp(Cursor& cursor) {
  if (!cursor.has(2)) return stop_short(cursor, 2, NotDecoded::kMalformedLink);
  if (load_be16(cursor.data()) == 0xFF03) {
    cursor.skip(2);
    if (!cursor.has(2)) return stop_short(cursor, 2, NotDecoded::kMalformedLink);
  }
  // Protocol field compression (RFC 1661 §6.5): the last octet, and it alone, is odd.
  const bool is_compressed = (cursor.data()[0] & 1) != 0;
  const std::uint16_t protocol = is_compressed ? cursor.data()[0] : load_be16(cursor.data());
  cursor.skip(is_compressed ? 1 : 2);
  return ppp_protocol(protocol);
}

Next pppoe(Cursor& cursor) {
  const Next layer = go_deeper(cursor, Protocol::kPppoe);
  if (layer.protocol == Protocol::kStop) return layer;
  if (!cursor.has(6)) return stop_short(cursor, 6, NotDecoded::kMalformedLink);
  const std::uint8_t* const p = cursor.data();
  if (p[0] != 0x11) return stop(NotDecoded::kMalformedLink);     // version and type
  if (p[1] != 0x00) return stop(NotDecoded::kUnknownEtherType);  // discovery, on LinkType::kPppEther
  const std::size_t length = load_be16(p + 4);
  cursor.skip(6);
  cursor.set_length(length);
  return go(Protocol::kPpp);
}

Next mpls(Cursor& cursor) {
  for (;;) {
    const Next layer = go_deeper(cursor, Protocol::kMpls);
    if (layer.protocol == Protocol::kStop) return layer;
    if (!cursor.has(4)) return stop_short(cursor, 4, NotDecoded::kMalformedLink);
    const bool is_bottom = (cursor.data()[2] & 1) != 0;
    cursor.skip(4);
    if (is_bottom) return below_labels(cursor);
  }
}

}  // namespace mogura::packet::detail
