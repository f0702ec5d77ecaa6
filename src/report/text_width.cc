#include "report/text_width.h"

#include <cstdint>

#include "report/detail/width_table.h"
#include "report/utf8.h"

namespace mogura::report {
namespace {

void append_hex(std::string& out, std::string_view prefix, std::uint32_t value, int digits) {
  out += prefix;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 0xF];
}

void append_escaped(std::string& out, char32_t c) {
  const auto value = static_cast<std::uint32_t>(c);
  if (value < 0x80) return append_hex(out, "\\x", value, 2);
  if (value < 0x10000) return append_hex(out, "\\u", value, 4);
  append_hex(out, "\\U", value, 8);
}

}  // namespace

std::string escape_for_terminal(std::string_view text, Charset charset) {
  std::string out;
  out.reserve(text.size());
  std::size_t marks =
      kCombiningMarks;  // a mark at the very beginning would fall on what stands before the text
  while (!text.empty()) {
    const Utf8Character c = first_character(text);
    const std::string_view bytes = text.substr(0, c.size);
    text.remove_prefix(c.size);
    const bool is_foreign = charset == Charset::kAscii && c.code_point >= 0x80;
    const bool is_mark = c.is_valid && detail::cells_of(c.code_point) == 0;
    if (!c.is_valid) {
      for (const char byte : bytes) append_hex(out, "\\x", static_cast<std::uint8_t>(byte), 2);
    } else if (c.code_point == '\\') {
      out += "\\\\";
    } else if (is_foreign || detail::is_hidden(c.code_point) || (is_mark && marks >= kCombiningMarks)) {
      append_escaped(out, c.code_point);
    } else {
      out += bytes;
    }
    marks = is_mark ? marks + 1 : 0;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Character c = first_character(text);
    width += detail::cells_of(c.code_point);
    text.remove_prefix(c.size);
  }
  return width;
}

std::size_t bytes_within(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const Utf8Character c = first_character(text.substr(offset));
    used += detail::cells_of(c.code_point);
    if (used > width) break;
    offset += c.size;
  }
  return offset;
}

std::string cut_to_width(std::string_view text, std::size_t width, CutAt where, std::string_view ellipsis) {
  const std::size_t whole = display_width(text);
  if (whole <= width) return std::string(text);
  const std::size_t dots = display_width(ellipsis);
  if (width <= dots) return std::string(text.substr(0, bytes_within(text, width)));
  const std::size_t kept = width - dots;
  const std::size_t tail_width = where == CutAt::kMiddle ? kept / 2 : 0;
  std::string out(text.substr(0, bytes_within(text, kept - tail_width)));
  out += ellipsis;
  if (tail_width == 0) return out;
  std::size_t tail = bytes_within(text, whole - tail_width);
  // A wide character across the cut goes, and so do marks of a character that is gone.
  while (tail < text.size()) {
    const std::string_view rest = text.substr(tail);
    if (display_width(rest) <= tail_width && detail::cells_of(first_character(rest).code_point) != 0) break;
    tail += first_character(rest).size;
  }
  return out.append(text.substr(tail));
}

}  // namespace mogura::report
