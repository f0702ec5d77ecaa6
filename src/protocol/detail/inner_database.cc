// MySQL and MariaDB by the server's greeting (protocol 10), PostgreSQL by the client's start-up message,
// protocol 3, or its request for TLS, GSSAPI or cancellation.

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"
#include "protocol/detail/inner_text.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::size_t kMostVersion = 64;

// Up to and with the NUL; what may stand before it is for the caller to say.
template <class Allowed>
std::size_t read_string(Scan& scan, std::size_t most, Allowed allowed) {
  for (std::size_t count = 0; count <= most; ++count) {
    const auto c = static_cast<char>(scan.u8());
    if (!scan.ok() || c == '\0') return count;
    scan.expect(allowed(c));
  }
  scan.expect(false);
  return most;
}

// LL LL LL little-endian, sequence 0 | 0A, version NUL, thread 4, challenge 8, 00 …
Match mysql_greeting(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() >= 32);
  scan.expect(scan.u16() == 0);
  scan.expect(scan.u8() == 0);
  scan.expect(scan.u8() == 10);
  if (!scan.rest().empty()) scan.expect(is_digit(static_cast<char>(scan.rest().front())));
  const std::size_t version = read_string(scan, kMostVersion, [](char c) { return c > ' ' && c < '\x7F'; });
  scan.expect(version >= 3);
  scan.skip(4 + 8);
  scan.expect(scan.u8() == 0);
  return scan.match();
}

constexpr std::uint32_t kMostStartup = 10000;  // as the server has it

// LL LL LL LL | 00 03 00 0m | name NUL value NUL … NUL
Match startup_message(ByteView bytes) {
  Scan scan(bytes);
  const std::uint32_t length = scan.u32();
  scan.expect(length >= 4 + 4 + 1 + 2 && length <= kMostStartup);
  scan.expect(scan.u16() == 3);
  scan.expect(scan.u16() <= 2);
  const std::size_t name =
      read_string(scan, kMostVersion, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '.'; });
  scan.expect(name != 0);
  return scan.match();
}

// SSLRequest, GSSENCRequest, CancelRequest: a length and a version that is none.
Match special_request(ByteView bytes) {
  Scan scan(bytes);
  const std::uint32_t length = scan.u32();
  scan.expect(length == 8 || length == 16);
  const std::uint32_t code = scan.u32();
  scan.expect((length == 8 && (code == 80877103 || code == 80877104)) || (length == 16 && code == 80877102));
  return scan.match();
}

// 'R', length, kind of authentication.
Match authentication(ByteView bytes) {
  Scan scan(bytes);
  scan.expect(scan.u8() == 'R');
  const std::uint32_t length = scan.u32();
  scan.expect(length >= 8 && length <= kMostStartup);
  scan.expect(scan.u32() <= 13);
  return scan.match();
}

}  // namespace

Verdict judge_mysql(const EarlyBytes& early) {
  return by_either(early, Match::kNo, mysql_greeting(early.down));
}

Verdict judge_postgresql(const EarlyBytes& early) {
  return by_client(early, better(startup_message(early.up), special_request(early.up)),
                   authentication(early.down));
}

}  // namespace mogura::protocol::inner
