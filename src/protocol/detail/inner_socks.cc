// SOCKS 4, 4a and 5 (RFC 1928). The client's first message is short and almost free in form, so the server's
// answer has to fit, or more of the client's must: a request sent without waiting, or nothing at all after a
// whole message.
//
//   5: 05 n methods…          ◄ 05 method          05 command 00 type address port
//   4: 04 command port 2, address 4, user NUL, (0.0.0.x: host name NUL)          ◄ 00 5A–5D port 2, address 4

#include <algorithm>

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::size_t kMostMethods = 16;
constexpr std::size_t kMostText = 255;
constexpr std::uint8_t kNoMethod = 0xFF;

// What there is of an answer where the client's own bytes leave it open.
Verdict by_answer(const EarlyBytes& early, Match greeting, bool has_more, Match answer) {
  if (settled(greeting, early.up_is_final) == Match::kNo) return Verdict::kNo;
  if (greeting == Match::kNeedMore) return Verdict::kMaybe;
  if (answer != Match::kNeedMore) return answer == Match::kYes ? Verdict::kYes : Verdict::kNo;
  if (!early.down_is_final) return Verdict::kMaybe;
  if (!early.down.empty() || has_more) return Verdict::kNo;
  return early.up_is_final ? Verdict::kYes : Verdict::kMaybe;
}

// Assigned by IANA, or private.
bool is_method(std::uint8_t method) {
  return method <= 9 || (method >= 0x80 && method != kNoMethod);
}

bool are_methods(ByteView methods) {
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const ByteView before = methods.first(i);
    if (!is_method(methods[i]) || std::find(before.begin(), before.end(), methods[i]) != before.end())
      return false;
  }
  return true;
}

Match request5(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 5);
  const std::uint8_t command = scan.u8();
  scan.expect(command >= 1 && command <= 3);
  scan.expect(scan.u8() == 0);
  const std::uint8_t type = scan.u8();
  scan.expect(type == 1 || type == 3 || type == 4);
  scan.skip(type == 1 ? 4 : type == 4 ? 16 : scan.u8());
  scan.skip(2);
  return scan.match();
}

Verdict judge_socks5(const EarlyBytes& early) {
  Scan up(early.up);
  up.expect(up.u8() == 5);
  const std::uint8_t count = up.u8();
  up.expect(count >= 1 && count <= kMostMethods);
  const ByteView methods = up.take(count);
  up.expect(are_methods(methods));
  Scan down(early.down);
  down.expect(down.u8() == 5);
  const std::uint8_t method = down.u8();
  if (up.ok()) {
    down.expect(method == kNoMethod || std::find(methods.begin(), methods.end(), method) != methods.end());
  }
  const Verdict answered = by_answer(early, up.match(), !up.rest().empty(), down.match());
  return up.ok() ? better(answered, by_either(early, request5(up.rest()), Match::kNo)) : answered;
}

// Text up to and with a NUL.
void text(Scan& scan, bool may_be_empty) {
  for (std::size_t count = 0; count <= kMostText; ++count) {
    const std::uint8_t c = scan.u8();
    if (!scan.ok()) return;
    if (c == 0) return scan.expect(may_be_empty || count != 0);
    scan.expect(c >= 0x20 && c < 0x7F);
  }
  scan.expect(false);
}

Scan request4(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 4);
  const std::uint8_t command = scan.u8();
  scan.expect(command == 1 || command == 2);
  scan.expect(scan.u16() != 0);
  const std::uint32_t address = scan.u32();
  text(scan, true);
  if (scan.ok() && address != 0 && address <= 0xFF) text(scan, false);
  return scan;
}

Match reply4(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 0);
  const std::uint8_t code = scan.u8();
  scan.expect(code >= 0x5A && code <= 0x5D);
  scan.skip(6);
  return scan.match();
}

Verdict judge_socks4(const EarlyBytes& early) {
  const Scan request = request4(early.up);
  return by_answer(early, request.match(), !request.rest().empty(), reply4(early.down));
}

}  // namespace

Verdict judge_socks(const EarlyBytes& early) {
  return better(judge_socks4(early), judge_socks5(early));
}

}  // namespace mogura::protocol::inner
