#include "store/detail/cursor.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"

namespace mogura::store::detail {
namespace {

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::string write_place(char list, const Place& place) {
  return list + std::to_string(place.order) + "." + std::to_string(place.id);
}

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(number) != text)
    return std::nullopt;
  return number;
}

Result<Place> read_place(char list, std::string_view text) {
  if (text.empty()) return kBeforeAll;
  const std::size_t dot = text.find('.');
  if (text.front() != list || dot == std::string_view::npos) return tl::unexpected(bad_cursor());
  const auto order = read_number(text.substr(1, dot - 1)), id = read_number(text.substr(dot + 1));
  if (!order || !id) return tl::unexpected(bad_cursor());
  return Place{*order, *id};
}

std::string write_hex(std::string_view text) {
  return to_hex(as_bytes(text));
}

std::optional<std::string> read_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digit_of(text[i]), low = digit_of(text[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

Error bad_cursor() {
  return {ErrorCode::kUsage, "after", "is not the end of a page of this list"};
}

std::size_t limit_of(const report::Page& page) {
  return std::clamp<std::size_t>(page.limit, 1, report::Page::kMost);
}

}  // namespace mogura::store::detail
