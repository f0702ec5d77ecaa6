// Remote desktops. RDP by the X.224 connection request and confirm that precede even its TLS ([MS-RDPBCGR]
// §2.2.1.1, §2.2.1.2; RFC 1006; X.224 §13.3), VNC by the protocol version (RFC 6143 §7.1.1).
//
//   03 00 LL LL | LI = LL LL - 5, E0 or D0, 00 00, source 2, 00 | nothing, a cookie, or a negotiation
//     TPKT        X.224

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::uint8_t kConnectionRequest = 0xE0;
constexpr std::uint8_t kConnectionConfirm = 0xD0;
constexpr std::size_t kTpktHeader = 4;
constexpr std::size_t kConnectionHeader = 7;  // length indicator included
constexpr std::uint8_t kNegotiationRequest = 1;
constexpr std::uint8_t kNegotiationResponse = 2;
constexpr std::uint8_t kNegotiationFailure = 3;

// Reads the headers and answers how many bytes of options follow.
std::size_t connection_header(Scan& scan, std::uint8_t type) {
  scan.expect(scan.u8() == 3);
  scan.expect(scan.u8() == 0);
  const std::size_t length = scan.u16();
  scan.expect(length >= kTpktHeader + kConnectionHeader && length <= kTpktHeader + 1 + 254);
  scan.expect(scan.u8() + kTpktHeader + 1 == length);
  scan.expect(scan.u8() == type);
  scan.expect(scan.u16() == 0);
  scan.skip(2);
  scan.expect(scan.u8() == 0);
  return scan.ok() ? length - kTpktHeader - kConnectionHeader : 0;
}

// Type, flags, length 8 and protocols, the latter two little-endian.
Match negotiation(ByteView options, std::uint8_t first_type, std::uint8_t last_type) {
  Scan scan(options);
  const std::uint8_t type = scan.u8();
  scan.expect(type >= first_type && type <= last_type);
  scan.expect(scan.u8() <= 0x1F);
  scan.expect(scan.u16() == 0x0800);
  scan.expect(scan.u8() <= 0x1F);
  scan.expect(scan.u24() == 0);
  return scan.match();
}

Match connection_request(ByteView bytes) {
  Scan scan(bytes);
  const std::size_t options = connection_header(scan, kConnectionRequest);
  if (!scan.ok() || options == 0) return scan.match();
  return better(
      match_literal(scan.rest(), "Cookie: msts"),
      options >= 8 ? negotiation(scan.rest(), kNegotiationRequest, kNegotiationRequest) : Match::kNo);
}

Match connection_confirm(ByteView bytes) {
  Scan scan(bytes);
  const std::size_t options = connection_header(scan, kConnectionConfirm);
  if (!scan.ok() || options == 0) return scan.match();
  return options == 8 ? negotiation(scan.rest(), kNegotiationResponse, kNegotiationFailure) : Match::kNo;
}

void three_digits(Scan& scan) {
  for (int i = 0; i < 3; ++i) scan.expect(is_digit(static_cast<char>(scan.u8())));
}

Match protocol_version(ByteView bytes) {
  Scan scan(bytes);
  scan.literal("RFB ");
  three_digits(scan);
  scan.literal(".");
  three_digits(scan);
  scan.literal("\n");
  return scan.match();
}

}  // namespace

Verdict judge_rdp(const EarlyBytes& early) {
  return by_client(early, connection_request(early.up), connection_confirm(early.down));
}

Verdict judge_vnc(const EarlyBytes& early) {
  return by_either(early, protocol_version(early.up), protocol_version(early.down));
}

}  // namespace mogura::protocol::inner
