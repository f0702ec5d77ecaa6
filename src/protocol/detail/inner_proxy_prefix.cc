#include "protocol/detail/inner_proxy_prefix.h"

#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::size_t kMostVersion1 = 107;  // CR LF included

// "PROXY TCP4 source destination port port\r\n"
Match skip_version1(ByteView& bytes) {
  const Match start = better(match_literal(bytes, "PROXY TCP"), match_literal(bytes, "PROXY UNKNOWN"));
  if (start != Match::kYes) return start;
  std::string_view rest = as_text(bytes);
  const Line line = next_line(rest);
  const std::size_t size = bytes.size() - rest.size();
  if (size > kMostVersion1 || !is_printable(line.text.substr(0, line.text.find('\r')))) return Match::kNo;
  if (!line.is_complete) return Match::kNeedMore;
  bytes = bytes.subspan(size);
  return Match::kYes;
}

// Signature 12 | version 2, command | family | LL LL | addresses and options
Match skip_version2(ByteView& bytes) {
  constexpr std::string_view kSignature{"\r\n\r\n\0\r\nQUIT\n", 12};
  Scan scan(bytes);
  scan.literal(kSignature);
  const std::uint8_t command = scan.u8();
  scan.expect(command == 0x20 || command == 0x21);
  const std::uint8_t family = scan.u8();
  scan.expect((family >> 4) <= 3 && (family & 0xF) <= 2);
  scan.skip(scan.u16());
  if (scan.ok()) bytes = scan.rest();
  return scan.match();
}

}  // namespace

Match skip_proxy_prefix(ByteView& bytes) {
  if (!bytes.empty() && bytes.front() != 'P' && bytes.front() != '\r') return Match::kNo;
  const Match version1 = skip_version1(bytes);
  return version1 == Match::kNo ? skip_version2(bytes) : version1;
}

}  // namespace mogura::protocol::inner
