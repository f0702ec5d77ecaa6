// SMB by its first message, direct over TCP or after a NetBIOS session request ([MS-SMB2] §2.1, §2.2.1;
// [MS-CIFS] §2.2.3.1; RFC 1002 §4.3), BitTorrent by the peer handshake (BEP 3).

#include <algorithm>

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::uint32_t kLeastMessage = 32;  // the header of SMB 1
constexpr std::uint32_t kMostMessage = 0x1FFFF;
constexpr std::uint8_t kNegotiate1 = 0x72;

Match message(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 0);
  const std::uint32_t length = scan.u24();
  scan.expect(length >= kLeastMessage && length <= kMostMessage);
  const std::uint8_t version = scan.u8();
  scan.expect(version == 0xFF || version == 0xFE);
  scan.literal("SMB");
  if (!scan.ok()) return scan.match();
  if (version == 0xFF) {
    scan.expect(scan.u8() == kNegotiate1);
  } else {
    scan.expect(scan.u16() == 0x4000);  // the size of the header, 64, little-endian
  }
  return scan.match();
}

// 81 00 00 44 | 20, called name in half bytes as letters A to P, 00 | 20, calling name, 00
Match session_request(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 0x81);
  scan.expect(scan.u24() == 0x44);
  for (int name = 0; name < 2; ++name) {
    scan.expect(scan.u8() == 32);
    const ByteView letters = scan.take(32);
    scan.expect(
        std::all_of(letters.begin(), letters.end(), [](std::uint8_t c) { return c >= 'A' && c <= 'P'; }));
    scan.expect(scan.u8() == 0);
  }
  return scan.match();
}

}  // namespace

Verdict judge_smb(const EarlyBytes& early) {
  return by_client(early, better(message(early.up), session_request(early.up)), message(early.down));
}

Verdict judge_bittorrent(const EarlyBytes& early) {
  constexpr std::string_view kHandshake =
      "\x13"
      "BitTorrent protocol";
  return by_either(early, match_literal(early.up, kHandshake), match_literal(early.down, kHandshake));
}

}  // namespace mogura::protocol::inner
