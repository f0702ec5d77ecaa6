// TLS and SSL 3.0: a handshake record whose first message is a hello (RFC 8446 §4.1, §5.1). Roles may be
// swapped: who opened the connection need not be who says ClientHello (FTP data connections, tunnels in
// reverse).
//
//   16 03 0v LL LL | 01 or 02, 00 ll ll, 03 vv …

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/tls_records.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::uint32_t kHandshakeHeader = 4;
// The shortest ServerHello, and more than the longest ClientHello whose lists and extensions are full.
constexpr std::uint32_t kLeastHello = 38;
constexpr std::uint32_t kMostHello = 0x20200;
// Record header and type of message: as much as a direction must show that ends there.
constexpr std::size_t kLeastBytes = 6;

Match hello(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 0x16);
  scan.expect(scan.u8() == 3);
  scan.expect(scan.u8() <= 4);
  const std::uint32_t length = scan.u16();
  scan.expect(length >= 1 && length <= TlsRecords::kMaxLength);
  const std::uint8_t type = scan.u8();
  scan.expect(type == 1 || type == 2);
  if (!scan.ok() || length < kHandshakeHeader) return scan.match();  // the header goes on in another record
  const std::uint32_t hello_length = scan.u24();
  scan.expect(hello_length >= kLeastHello && hello_length <= kMostHello);
  if (length > kHandshakeHeader) scan.expect(scan.u8() == 3);
  return scan.match();
}

Match hello(ByteView bytes, bool is_final) {
  const Match match = hello(bytes);
  return match == Match::kNeedMore && is_final && bytes.size() >= kLeastBytes ? Match::kYes : match;
}

}  // namespace

Verdict judge_tls(const EarlyBytes& early) {
  const Match up = hello(early.up, early.up_is_final);
  if (up == Match::kYes) return Verdict::kYes;  // most connections end here
  return by_client(early, up, hello(early.down, early.down_is_final));
}

}  // namespace mogura::protocol::inner
