#include "proxy/detail/client_hello.h"

#include "base/bytes.h"

namespace mogura::proxy::detail {

FirstBytes look_at(std::string_view bytes, protocol::ClientHello& hello) {
  constexpr std::uint8_t kClientHello = 1;
  protocol::HandshakeReader reader{Limits{}};
  reader.add(as_bytes(bytes));
  std::uint8_t type = 0;
  ByteView body;
  switch (reader.next(type, body)) {
    case protocol::HandshakeReader::State::kNeedMore:
      return FirstBytes::kNeedMore;
    case protocol::HandshakeReader::State::kMessage:
      return type == kClientHello && protocol::parse_client_hello(body, hello) ? FirstBytes::kHello
                                                                               : FirstBytes::kNotTls;
    case protocol::HandshakeReader::State::kDone:
    case protocol::HandshakeReader::State::kNotTls:
    case protocol::HandshakeReader::State::kLimit:
      return FirstBytes::kNotTls;
  }
  return FirstBytes::kNotTls;
}

}  // namespace mogura::proxy::detail
