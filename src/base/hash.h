#pragma once

// Fast hashing for tables in memory. Not for storage: values may change between versions. `seed` makes
// collisions hard to aim at; nothing that is written out may depend on it. Any thread.

#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace mogura {

// Mixes two words into one (multiply to 128 bits and fold).
inline std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xE7037ED1A0B428DBu);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_bytes(ByteView bytes, std::uint64_t seed = 0) {
  std::uint64_t state = hash_mix(seed, bytes.size());
  const std::uint8_t* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    state = hash_mix(state, word);
  }
  if (left != 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, left);
    state = hash_mix(state, word);
  }
  return state;
}

}  // namespace mogura
