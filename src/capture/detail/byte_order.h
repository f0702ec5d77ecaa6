#pragma once

// Numbers in the byte order of whoever wrote the capture. Any thread.

#include <bit>
#include <cstdint>
#include <cstring>

namespace mogura::capture::detail {

static_assert(std::endian::native == std::endian::little, "loads are written for little-endian machines");

template <bool kBigEndian>
std::uint16_t load16(const std::uint8_t* p) {
  std::uint16_t value;
  std::memcpy(&value, p, sizeof value);
  return kBigEndian ? __builtin_bswap16(value) : value;
}

template <bool kBigEndian>
std::uint32_t load32(const std::uint8_t* p) {
  std::uint32_t value;
  std::memcpy(&value, p, sizeof value);
  return kBigEndian ? __builtin_bswap32(value) : value;
}

inline std::uint16_t load16(const std::uint8_t* p, bool big_endian) {
  return big_endian ? load16<true>(p) : load16<false>(p);
}

inline std::uint32_t load32(const std::uint8_t* p, bool big_endian) {
  return big_endian ? load32<true>(p) : load32<false>(p);
}

inline std::uint64_t load64(const std::uint8_t* p, bool big_endian) {
  const std::uint64_t first = load32(p, big_endian);
  const std::uint64_t second = load32(p + 4, big_endian);
  return big_endian ? (first << 32) | second : (second << 32) | first;
}

}  // namespace mogura::capture::detail
