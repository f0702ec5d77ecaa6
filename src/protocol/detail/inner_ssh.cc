// SSH by the identification string (RFC 4253 §4.2). A server may send other lines before its own.

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

Match identification(ByteView bytes) {
  return better(match_literal(bytes, "SSH-2.0-"), match_literal(bytes, "SSH-1."));
}

Match identification_after_lines(ByteView bytes) {
  std::string_view rest = as_text(bytes);
  while (!rest.empty()) {
    if (identification(as_bytes(rest)) == Match::kYes) return Match::kYes;
    const Line line = next_line(rest);
    if (line.is_complete && !is_printable(line.text)) return Match::kNo;
  }
  return Match::kNeedMore;
}

}  // namespace

Verdict judge_ssh(const EarlyBytes& early) {
  const Match up = identification(early.up);
  Match down = identification(early.down);
  // A client that sends something else is answered to by a server's SSH at once or not at all; other lines
  // could be those of any protocol.
  if (up == Match::kNo) return by_either(early, up, down);
  if (down == Match::kNo) down = identification_after_lines(early.down);
  return by_client(early, up, down);
}

}  // namespace mogura::protocol::inner
