#include "console/detail/target.h"

#include <algorithm>
#include <optional>

#include "report/utf8.h"

namespace mogura::console::detail {
namespace {

tl::unexpected<Error> refuse(std::string cause) {
  return fail(ErrorCode::kFormat, "", std::move(cause));
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Nothing: '%' without two hexadecimal digits, or a byte that has no business in a target.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c <= ' ' || c > '~' || c == '#') return std::nullopt;
    if (c != '%') {
      decoded += plus_is_space && c == '+' ? ' ' : c;
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = digit(text[i + 1]);
    const int low = digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

bool is_dots(std::string_view segment) {
  return segment == "." || segment == "..";
}

// One segment, encoded.
Result<std::string> decode_segment(std::string_view text, bool is_last) {
  std::optional<std::string> segment = decode(text, false);
  if (!segment) return refuse("the path is not percent-encoded as it should be");
  if (segment->empty() && !is_last) return refuse("the path has an empty segment");
  if (is_dots(*segment)) return refuse("the path has a segment of dots");
  if (segment->find_first_of("/\\") != std::string::npos) return refuse("the path has a hidden slash");
  if (!is_clean_text(*segment, false)) return refuse("the path has control characters or is not UTF-8");
  return std::move(*segment);
}

Result<std::string> decode_path(std::string_view text) {
  if (!text.starts_with('/')) return refuse("the path does not begin with a slash");
  std::string path;
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find('/'), text.size());
    Result<std::string> segment = decode_segment(text.substr(0, end), end == text.size());
    if (!segment) return segment;
    path += '/';
    path += *segment;
    text.remove_prefix(end);
  }
  return path;
}

Result<Field> decode_field(std::string_view text) {
  const std::size_t sign = std::min(text.find('='), text.size());
  std::optional<std::string> name = decode(text.substr(0, sign), true);
  std::optional<std::string> value = decode(text.substr(std::min(sign + 1, text.size())), true);
  if (!name || !value) return refuse("the query is not percent-encoded as it should be");
  if (name->empty() || !is_clean_text(*name, false))
    return refuse("the query has a parameter without a name");
  if (!is_clean_text(*value, true)) return refuse("the query has NUL or is not UTF-8");
  return Field(std::move(*name), std::move(*value));
}

Result<std::vector<Field>> decode_query(std::string_view text) {
  std::vector<Field> query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    if (query.size() == Request::kQueryFields)
      return fail(ErrorCode::kLimit, "", "the query has too many parameters");
    Result<Field> field = decode_field(part);
    if (!field) return tl::unexpected(std::move(field.error()));
    query.push_back(std::move(*field));
  }
  return query;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

}  // namespace

bool is_clean_text(std::string_view text, bool allows_controls) {
  while (!text.empty()) {
    const report::Utf8Character character = report::first_character(text);
    if (!character.is_valid || character.code_point == 0) return false;
    if (!allows_controls && is_control(character.code_point)) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

Result<Target> parse_target(std::string_view text) {
  const std::size_t mark = std::min(text.find('?'), text.size());
  Result<std::string> path = decode_path(text.substr(0, mark));
  if (!path) return tl::unexpected(std::move(path.error()));
  Result<std::vector<Field>> query = decode_query(text.substr(std::min(mark + 1, text.size())));
  if (!query) return tl::unexpected(std::move(query.error()));
  return Target{std::move(*path), std::move(*query)};
}

}  // namespace mogura::console::detail
