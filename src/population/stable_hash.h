#pragma once

// A 64-bit hash that never changes: not between runs, machines or versions. Distinct counts that are
// estimated depend on it, and the same capture has to give the same report for ever. Every step is one-to-one
// in the state and in the word taken in, so no word of the input can wipe out what came before it. Not keyed:
// no defence against crafted collisions, whose only reward would be a count too low by one. Any thread.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/address.h"

namespace mogura::population {

namespace detail {

constexpr std::uint64_t absorb(std::uint64_t state, std::uint64_t word) {
  // The word is spread first: words that differ in a few bits must not meet a state that differs in the same
  // few.
  const std::uint64_t spread = std::rotl(word * 0x9E6C63D0676A9A99u, 31) * 0xD6E8FEB86659FD93u;
  return std::rotl(state ^ spread, 27) * 0x9FB21C651E98DF25u + 0x452821E638D01377u;
}

// The finalizer: every bit of the state reaches every bit of the result.
constexpr std::uint64_t avalanche(std::uint64_t state) {
  state = (state ^ (state >> 32)) * 0xD6E8FEB86659FD93u;
  state = (state ^ (state >> 29)) * 0x9FB21C651E98DF25u;
  return state ^ (state >> 32);
}

inline std::uint64_t load_le64(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

}  // namespace detail

inline std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t state = detail::absorb(0x243F6A8885A308D3u, text.size());
  while (text.size() >= 8) {
    state = detail::absorb(state, detail::load_le64(text.data()));
    text.remove_prefix(8);
  }
  std::uint64_t tail = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    tail |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return detail::avalanche(detail::absorb(state, tail));
}

inline std::uint64_t stable_hash(const Address& address) {
  const std::uint64_t state = detail::absorb(0x13198A2E03707344u, address.high());
  return detail::avalanche(detail::absorb(state, address.low()));
}

}  // namespace mogura::population
