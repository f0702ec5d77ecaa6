// HTTP/1 by its start line and HTTP/2 by its connection preface (RFC 9113 §3.4) or the server's first
// SETTINGS frame.

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/http1.h"

namespace mogura::protocol::inner {
namespace {

Match to_match(Likeness likeness) {
  switch (likeness) {
    case Likeness::kNo:
      return Match::kNo;
    case Likeness::kNeedMore:
      return Match::kNeedMore;
    case Likeness::kYes:
      return Match::kYes;
  }
  return Match::kNo;
}

// 00 LL LL | 04 SETTINGS | 00 flags | 00 00 00 00 stream, with whole settings of six bytes (RFC 9113 §6.5).
Match settings_frame(ByteView bytes) {
  Scan scan(bytes);
  const std::uint32_t length = scan.u24();
  scan.expect(length % 6 == 0 && length <= 6 * 64);
  scan.expect(scan.u8() == 4);
  scan.expect(scan.u8() == 0);
  scan.expect(scan.u32() == 0);
  return scan.match();
}

}  // namespace

Verdict judge_http(const EarlyBytes& early) {
  return by_client(early, to_match(looks_like_request(early.up)), to_match(looks_like_response(early.down)));
}

Verdict judge_http2(const EarlyBytes& early) {
  return by_client(early, match_literal(early.up, "PRI * HTTP/2.0\r\n"), settings_frame(early.down));
}

}  // namespace mogura::protocol::inner
