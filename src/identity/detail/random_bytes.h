#pragma once

// Do bytes look like nothing at all? Obfuscated protocols (Shadowsocks, obfs4, VMess) send what cannot be
// told from noise from the first byte on, which no ordinary protocol does: each begins with a magic, a length
// or a word. The measures are those of Wu et al., "How the Great Firewall of China Detects and Blocks Fully
// Encrypted Traffic" (USENIX Security 2023, §4).

#include <cstddef>
#include <string_view>

namespace mogura::identity::detail {

// Fewer bytes than these say nothing.
inline constexpr std::size_t kRandomLeast = 32;

[[nodiscard]] bool looks_random(std::string_view bytes);

}  // namespace mogura::identity::detail
