#pragma once

// Shannon entropy of a text's bytes. Any thread.

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace mogura::session {

// Bits per byte, 0 to 8; 0 for an empty text.
inline double entropy_bits(std::string_view text) {
  std::array<std::uint32_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<std::uint8_t>(c)];
  double bits = 0;
  for (const std::uint32_t count : counts) {
    if (count == 0) continue;
    const double share = count / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

}  // namespace mogura::session
