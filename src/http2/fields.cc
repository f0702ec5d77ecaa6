#include "http2/fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mogura::http2 {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

constexpr bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == 0x7F;
}

constexpr bool is_lower_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kTokenMarks.find(c) != std::string_view::npos;
}

std::string_view without_blanks_around(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

bool is_connection_specific(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"connection",        "keep-alive", "proxy-connection",
                                                   "transfer-encoding", "upgrade",    "http2-settings"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, is_lower_token_character);
}

bool is_field_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return is_control(c) && c != '\t'; });
}

bool is_start_line_part(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return c == ' ' || is_control(c); });
}

bool is_allowed_in_trailers(std::string_view name) {
  return !name.starts_with(':') && name != "host" && name != "content-length" && name != "te" &&
         !is_connection_specific(name);
}

bool append_trailer_lines(const Fields& trailers, std::string& out) {
  const std::size_t before = out.size();
  for (const Field& field : trailers) {
    if (!is_field_name(field.name) || !is_field_value(field.value)) {
      out.resize(before);
      return false;
    }
    if (!is_allowed_in_trailers(field.name)) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return true;
}

Fields trailers_in(std::string_view lines) {
  Fields trailers;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    Field field{lower(line.substr(0, colon)), std::string(without_blanks_around(line.substr(colon + 1)))};
    if (is_allowed_in_trailers(field.name)) trailers.push_back(std::move(field));
  }
  return trailers;
}

}  // namespace mogura::http2
