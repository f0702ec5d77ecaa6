#pragma once

// Looks for bytes that end a part of a strict head, eight at a time: most of a head is values, and most of
// these are plain. Any thread.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mogura::protocol::detail {

constexpr bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
}

namespace words {

inline constexpr std::size_t kBytes = sizeof(std::uint64_t);
inline constexpr std::uint64_t kOnes = 0x0101010101010101u;
inline constexpr std::uint64_t kHighs = kOnes << 7;

// The first byte is the lowest.
inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, kBytes);
  return std::endian::native == std::endian::little ? word : __builtin_bswap64(word);
}
// The high bit of every byte below `limit` (at most 0x80); above the first there may be bits too many.
constexpr std::uint64_t less(std::uint64_t word, std::uint8_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}
constexpr std::uint64_t del(std::uint64_t word) {
  return less(word ^ (kOnes * 0x7F), 1);
}
// Which byte the first bit of the masks above is in.
constexpr std::size_t first_of(std::uint64_t mask) {
  return static_cast<std::size_t>(std::countr_zero(mask)) / 8;
}

}  // namespace words

// The first byte from `from` on that may not stand in a field value (RFC 9110 §5.5): a control other than
// HTAB. Bytes from 0x80 on may. The size of `text`: none.
inline std::size_t find_value_end(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (text.size() - at >= words::kBytes) {
    const std::uint64_t word = words::load(text.data() + at);
    const std::uint64_t found = words::less(word, 0x20) | words::del(word);
    at += found == 0 ? words::kBytes : words::first_of(found);
    if (found == 0) continue;
    if (text[at] != '\t') return at;
    ++at;
  }
  while (at < text.size() && (!is_control(text[at]) || text[at] == '\t')) ++at;
  return at;
}

// The first byte from `from` on that may not stand in a target: all but printable ASCII.
inline std::size_t find_target_end(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (text.size() - at >= words::kBytes) {
    const std::uint64_t word = words::load(text.data() + at);
    const std::uint64_t found = words::less(word, 0x21) | words::del(word) | (word & words::kHighs);
    if (found != 0) return at + words::first_of(found);
    at += words::kBytes;
  }
  while (at < text.size() && text[at] > 0x20 && text[at] < 0x7F) ++at;
  return at;
}

}  // namespace mogura::protocol::detail
