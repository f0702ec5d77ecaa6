#pragma once

// Comparing protocol text: letters are those of ASCII, no locale. Any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura {

// `lowered` is in lower case.
constexpr bool equals_ignoring_case(std::string_view text, std::string_view lowered) {
  if (text.size() != lowered.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Setting bit 5 makes a letter small; other characters pass as they are.
    const auto a = static_cast<std::uint8_t>(text[i]);
    const auto b = static_cast<std::uint8_t>(lowered[i]);
    const unsigned case_bit = b >= 'a' && b <= 'z' ? 0x20u : 0u;
    difference |= (a | case_bit) ^ b;
  }
  return difference == 0;
}

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
std::string lower(std::string_view text);

// `glob`: "*" stands for any run of characters, everything else for itself. All of `text` must fit.
// O(size of text × size of glob) at worst.
bool fits_glob(std::string_view text, std::string_view glob);
bool fits_glob_ignoring_case(std::string_view text, std::string_view glob);

}  // namespace mogura
