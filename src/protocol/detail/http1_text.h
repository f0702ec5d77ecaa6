#pragma once

// What the HTTP/1 readers need to know of characters: ASCII only, no locale. Any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace mogura::protocol::detail {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}
// What separates the words of a start line for a lenient reader (RFC 9112 §3); a bare CR counts as a space.
constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

// tchar of RFC 9110 §5.6.2.
inline constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = is_alnum(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<std::uint8_t>(c)] = true;
  return table;
}();
constexpr bool is_token_character(char c) {
  return kTokenCharacters[static_cast<std::uint8_t>(c)];
}

using mogura::equals_ignoring_case;
constexpr bool starts_with_ignoring_case(std::string_view text, std::string_view lowered) {
  return equals_ignoring_case(text.substr(0, lowered.size()), lowered);
}

constexpr std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}
constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}
constexpr std::string_view trim(std::string_view text) {
  return trim_left(trim_right(text));
}

// Takes the first word off `text`, which must not begin with a space.
constexpr std::string_view take_word(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && !is_space(text[size])) ++size;
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

// Calls `visit` with every element of a comma-separated list (RFC 9110 §5.6.1), trimmed; empty ones are left
// out.
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    if (!element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace mogura::protocol::detail
