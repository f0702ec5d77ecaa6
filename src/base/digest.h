#pragma once

// Message digests for identifiers that others compute too (JA3, JA4, community id). OpenSSL inside. One
// context is kept per thread. Any thread.

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace mogura {

std::array<std::uint8_t, 16> md5(ByteView bytes);
std::array<std::uint8_t, 20> sha1(ByteView bytes);
std::array<std::uint8_t, 32> sha256(ByteView bytes);

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
// RFC 4648 §4, with padding.
std::string to_base64(ByteView bytes);

}  // namespace mogura
