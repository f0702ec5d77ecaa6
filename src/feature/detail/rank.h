#pragma once

// A 64-bit hash that never changes, between runs, machines or versions: which sessions and clients are kept
// as a sample depends on it, and the same capture has to give the same report for ever. No defence against
// crafted collisions, which would only crowd each other out.

#include <cstdint>

#include "base/address.h"

namespace mogura::feature::detail {

// Takes a word in; one-to-one in the word and in the state.
constexpr std::uint64_t absorb(std::uint64_t state, std::uint64_t word) {
  state = (state ^ word) * 0xD1342543DE82EF95u;
  return state ^ (state >> 29);
}

constexpr std::uint64_t absorb(std::uint64_t state, const Address& address) {
  return absorb(absorb(state, address.high()), address.low());
}

}  // namespace mogura::feature::detail
