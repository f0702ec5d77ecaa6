#include "packet/detail/ip.h"

#include <optional>

namespace mogura::packet::detail {

namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kFragmentHeader = 8;
constexpr std::uint8_t kFragmentProtocol = 44;
constexpr std::uint8_t kAuthentication = 51;

// IANA "Protocol Numbers".
Next carried(Cursor& cursor, std::uint8_t protocol) {
  switch (protocol) {
    case 1:
    case 58:
      return stop(NotDecoded::kIcmp);
    case 4:
      return go_deeper(cursor, Protocol::kIpv4);
    case 6:
      return go(Protocol::kTcp);
    case 17:
      return go(Protocol::kUdp);
    case 41:
      return go_deeper(cursor, Protocol::kIpv6);
    case 47:
      return go(Protocol::kGre);
    case 137:
      return go(Protocol::kMpls);  // RFC 4023
    default:
      return stop(NotDecoded::kUnknownIpProtocol);
  }
}

bool is_extension(std::uint8_t protocol) {
  switch (protocol) {
    case 0:    // hop-by-hop options
    case 43:   // routing
    case 60:   // destination options
    case 135:  // mobility
    case 139:  // host identity
    case 140:  // shim6
    case kFragmentProtocol:
    case kAuthentication:
      return true;
    default:
      return false;
  }
}

// Nothing: the cursor stands on the datagram's first byte.
std::optional<Next> reassemble(Cursor& cursor, Fragments& fragments, const FragmentKey& key,
                               Fragment& fragment) {
  const std::size_t header_length = cursor.ip_length - cursor.wire;
  fragment.length = cursor.wire;
  fragment.bytes = cursor.bytes;
  fragment.time = cursor.time;
  Datagram datagram;
  switch (fragments.add(key, fragment, datagram)) {
    case Fragments::Outcome::kHeld:
      return stop(NotDecoded::kFragmentHeld);
    case Fragments::Outcome::kMalformed:
      return stop(NotDecoded::kFragmentMalformed);
    case Fragments::Outcome::kComplete:
      break;
  }
  cursor.bytes = datagram.bytes;
  cursor.wire = datagram.length;
  cursor.ip_length = header_length + datagram.length;
  cursor.reassembled = true;
  fragment.protocol = datagram.protocol;
  return std::nullopt;
}

// Moves past one header of the common shape: next header, length. AH counts its length differently.
std::optional<Next> skip_extension(Cursor& cursor, std::uint8_t& protocol) {
  if (!cursor.has(2)) return stop_short(cursor, 2, NotDecoded::kMalformedIp);
  const std::uint8_t* const p = cursor.data();
  const std::size_t size =
      protocol == kAuthentication ? (p[1] + std::size_t{2}) * 4 : (p[1] + std::size_t{1}) * 8;
  if (!cursor.has(size)) return stop_short(cursor, size, NotDecoded::kMalformedIp);
  protocol = p[0];
  cursor.skip(size);
  return std::nullopt;
}

// A fragment header (RFC 8200 §4.5). One that says "whole" is passed over (RFC 6946).
std::optional<Next> fragment_header(Cursor& cursor, Fragments& fragments, std::uint8_t& protocol) {
  if (!cursor.has(kFragmentHeader)) return stop_short(cursor, kFragmentHeader, NotDecoded::kMalformedIp);
  const std::uint8_t* const p = cursor.data();
  const std::uint16_t offset_and_flags = load_be16(p + 2);
  const FragmentKey key{cursor.source, cursor.destination, load_be32(p + 4), cursor.vlan, 0, true};
  Fragment fragment;
  fragment.offset = offset_and_flags & 0xFFF8;
  fragment.has_more = (offset_and_flags & 1) != 0;
  fragment.protocol = p[0];
  cursor.skip(kFragmentHeader);
  protocol = fragment.protocol;
  if (fragment.offset == 0 && !fragment.has_more) return std::nullopt;
  const std::optional<Next> stopped = reassemble(cursor, fragments, key, fragment);
  protocol = fragment.protocol;
  return stopped;
}

Next ipv6_payload(Cursor& cursor, Fragments& fragments, std::uint8_t protocol) {
  for (unsigned headers = 0; is_extension(protocol); ++headers) {
    if (headers == kExtensionHeaders) return stop(NotDecoded::kTooDeep);
    const std::optional<Next> stopped = protocol == kFragmentProtocol
                                            ? fragment_header(cursor, fragments, protocol)
                                            : skip_extension(cursor, protocol);
    if (stopped) return *stopped;
  }
  return carried(cursor, protocol);
}

Next ipv4_payload(Cursor& cursor, std::uint8_t protocol) {
  for (unsigned headers = 0; protocol == kAuthentication; ++headers) {
    if (headers == kExtensionHeaders) return stop(NotDecoded::kTooDeep);
    if (const std::optional<Next> stopped = skip_extension(cursor, protocol)) return *stopped;
  }
  return carried(cursor, protocol);
}

Next ipv4_fragment(Cursor& cursor, Fragments& fragments, const std::uint8_t* header) {
  const std::uint16_t flags_and_offset = load_be16(header + 6);
  const FragmentKey key{cursor.source, cursor.destination, load_be16(header + 4),
                        cursor.vlan,   header[9],          false};
  Fragment fragment;
  fragment.offset = (flags_and_offset & 0x1FFFu) * 8;
  fragment.has_more = (flags_and_offset & 0x2000) != 0;
  fragment.protocol = header[9];
  if (const std::optional<Next> stopped = reassemble(cursor, fragments, key, fragment)) return *stopped;
  return ipv4_payload(cursor, fragment.protocol);
}

}  // namespace

Next ip(Cursor& cursor) {
  if (!cursor.has(1)) return stop_short(cursor, 1, NotDecoded::kMalformedIp);
  switch (cursor.data()[0] >> 4) {
    case 4:
      return go(Protocol::kIpv4);
    case 6:
      return go(Protocol::kIpv6);
    default:
      return stop(NotDecoded::kMalformedIp);
  }
}

Next ipv4(Cursor& cursor, Fragments& fragments) {
  if (!cursor.has(kIpv4Header)) return stop_short(cursor, kIpv4Header, NotDecoded::kMalformedIp);
  const std::uint8_t* const p = cursor.data();
  const std::size_t header = (p[0] & 0x0Fu) * 4;
  const std::size_t stated = load_be16(p + 2);
  const std::size_t total = stated != 0 ? stated : cursor.wire;  // zero: segmentation offload
  if (p[0] >> 4 != 4 || header < kIpv4Header || total < header) return stop(NotDecoded::kMalformedIp);
  cursor.set_length(total);
  cursor.ip_length = total;
  cursor.source = Address::v4(load_be32(p + 12));
  cursor.destination = Address::v4(load_be32(p + 16));
  if (!cursor.has(header)) return stop(NotDecoded::kTruncatedByCapture);
  cursor.skip(header);
  if ((load_be16(p + 6) & 0x3FFF) != 0) return ipv4_fragment(cursor, fragments, p);
  return ipv4_payload(cursor, p[9]);
}

Next ipv6(Cursor& cursor, Fragments& fragments) {
  if (!cursor.has(kIpv6Header)) return stop_short(cursor, kIpv6Header, NotDecoded::kMalformedIp);
  const std::uint8_t* const p = cursor.data();
  if (p[0] >> 4 != 6) return stop(NotDecoded::kMalformedIp);
  const std::size_t stated = load_be16(p + 4);
  // Zero: a jumbogram (RFC 2675), whose option says no more than the frame does, or segmentation offload.
  cursor.ip_length = stated != 0 ? kIpv6Header + stated : cursor.wire;
  cursor.set_length(cursor.ip_length);
  cursor.source = Address::from_bytes(cursor.bytes.subspan(8, 16));
  cursor.destination = Address::from_bytes(cursor.bytes.subspan(24, 16));
  cursor.skip(kIpv6Header);
  return ipv6_payload(cursor, fragments, p[6]);
}

}  // namespace mogura::packet::detail
