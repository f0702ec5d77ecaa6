#pragma once

// What the first bytes of a tunnel are, before anything is decided about it. Any thread.

#include <string_view>

#include "protocol/tls.h"

namespace mogura::proxy::detail {

enum class FirstBytes : std::uint8_t {
  kNeedMore,
  kHello,   // a whole ClientHello
  kNotTls,  // something else, or a hello beyond Limits::handshake_bytes
};
// `bytes`: all from the tunnel's beginning on. Fills `hello` where it is one. O(bytes), so that who asks
// after each piece pays for each once more; hellos come in one or two.
FirstBytes look_at(std::string_view bytes, protocol::ClientHello& hello);

}  // namespace mogura::proxy::detail
