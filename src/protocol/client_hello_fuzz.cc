// The input is one direction of a stream, and also the body of a ClientHello.

#include <algorithm>

#include "base/check.h"
#include "protocol/detail/handshake_collector.h"
#include "protocol/fingerprint.h"

namespace {

using namespace mogura;
using namespace mogura::protocol;

bool is_ja4(const std::string& text) {
  return text.size() == 36 && text[0] == 't' && (text[3] == 'd' || text[3] == 'i') && text[10] == '_' &&
         text[23] == '_' && text.find_first_not_of("0123456789abcdef", 24) == std::string::npos;
}

// Parses and fingerprints; what cannot be is an abort.
void check_hello(ByteView body) {
  static FingerprintCache cache(7);
  static ClientHello hello;
  parse_client_hello(body, hello);
  MOGURA_CHECK(2 * hello.cipher_suites.size() <= body.size() && 4 * hello.extensions.size() <= body.size());
  MOGURA_CHECK(hello.has_server_name || hello.server_name.empty());

  const Ja4 direct = ja4(hello);
  MOGURA_CHECK(is_ja4(direct.hashed) && direct.raw.compare(0, 11, direct.hashed, 0, 11) == 0);
  const std::string text = ja3_text(hello);
  MOGURA_CHECK(std::count(text.begin(), text.end(), ',') == 4);
  for (int round = 0; round < 2; ++round) {
    const Fingerprints cached = cache.of(hello);
    MOGURA_CHECK(cached.ja3 == ja3(hello) && cached.ja4 == direct.hashed && cached.ja4_r == direct.raw);
    MOGURA_CHECK(cached.cipher_list == cipher_list_of(hello));
  }

  ClientHello fresh;
  parse_client_hello(body, fresh);
  MOGURA_CHECK(fingerprint_key(fresh) == fingerprint_key(hello) && fresh.is_complete == hello.is_complete);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView stream(data, size);
  // Long streams in larger pieces: a heap block for each byte would take all the time.
  const std::size_t smallest = size <= 600 ? 1 : 5;
  const auto whole = protocol::detail::collect_handshake(stream, {});
  MOGURA_CHECK(protocol::detail::collect_handshake_by(smallest, stream) == whole);
  MOGURA_CHECK(protocol::detail::collect_handshake_by(37, stream) == whole);
  if (size > 2) {
    const std::size_t cut = load_be16(data + size - 2) % size;
    MOGURA_CHECK(protocol::detail::collect_handshake(stream, {cut}) == whole);
  }

  // A limit that is reached gives the same messages up to there, however the stream is cut.
  Limits few;
  few.handshake_bytes = 300;
  const auto limited = protocol::detail::collect_handshake(stream, {}, few);
  MOGURA_CHECK(protocol::detail::collect_handshake_by(smallest, stream, few) == limited);
  MOGURA_CHECK(limited.messages.size() <= whole.messages.size());
  MOGURA_CHECK(std::equal(limited.messages.begin(), limited.messages.end(), whole.messages.begin()));

  for (const auto& [type, body] : whole.messages) check_hello(as_bytes(body));
  if (whole.has_partial) check_hello(as_bytes(whole.partial.second));
  check_hello(stream);
  return 0;
}
