// The input is one direction of a stream, and also the body of a ServerHello, the body of a Certificate
// message, and a certificate.

#include <algorithm>

#include "base/check.h"
#include "protocol/detail/distinguished_name.h"
#include "protocol/detail/handshake_collector.h"
#include "protocol/fingerprint.h"

namespace {

using namespace mogura;
using namespace mogura::protocol;

void check_server_hello(ByteView body) {
  static ServerHello hello;
  parse_server_hello(body, hello);
  MOGURA_CHECK(4 * hello.extensions.size() <= body.size());
  MOGURA_CHECK(ja3s(hello).size() == 32);
  const std::string text = ja3s_text(hello);
  MOGURA_CHECK(std::count(text.begin(), text.end(), ',') == 2);
}

// A name is bounded, and reading its UTF-8 again changes nothing: it was valid.
void check_name(const std::string& name) {
  MOGURA_CHECK(name.size() <= protocol::detail::kNameBytes && name.find('\0') == std::string::npos);
  std::string again;
  MOGURA_CHECK(protocol::detail::to_utf8(0x0C, as_bytes(name), again) && again == name);
}

void check_names(const CertificateNames& names) {
  check_name(names.subject);
  check_name(names.issuer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView stream(data, size);
  // Long streams in larger pieces: a heap block for each byte would take all the time.
  const std::size_t smallest = size <= 600 ? 1 : 5;
  const auto whole = protocol::detail::collect_handshake(stream, {});
  MOGURA_CHECK(protocol::detail::collect_handshake_by(smallest, stream) == whole);
  MOGURA_CHECK(protocol::detail::collect_handshake_by(37, stream) == whole);

  for (const auto& [type, body] : whole.messages) {
    check_server_hello(as_bytes(body));
    check_names(parse_certificate(as_bytes(body)));
  }
  if (whole.has_partial) check_names(parse_certificate(as_bytes(whole.partial.second)));
  check_server_hello(stream);
  check_names(parse_certificate(stream));
  check_names(parse_certificate_der(stream));
  return 0;
}
