#pragma once

// Reads UTF-8 that may be anything, one character at a time (Unicode 15, §3.9, table 3-7: no overlong forms,
// no surrogates, nothing above U+10FFFF). Any thread.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mogura::report {

struct Utf8Character {
  char32_t code_point = 0xFFFD;
  std::size_t size = 1;  // bytes; of an ill-formed sequence, its longest beginning that could have been one
  bool is_valid = false;
};

// The first character of `text`, which is not empty.
constexpr Utf8Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range is narrower after some leads.
  std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code_point = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {0xFFFD, i, false};
    code_point = code_point << 6 | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {code_point, size, true};
}

}  // namespace mogura::report
