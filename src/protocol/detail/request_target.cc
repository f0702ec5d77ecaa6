#include "protocol/detail/request_target.h"

#include <algorithm>
#include <charconv>

#include "base/address.h"
#include "protocol/detail/http1_text.h"

namespace mogura::protocol::detail {
namespace {

constexpr std::size_t kPortDigits = 5;

constexpr bool is_name_character(char c) {
  return is_alnum(c) || c == '.' || c == '-' || c == '_';
}

// Where the host ends: behind the bracket of an IPv6 address, else at the first colon.
std::size_t host_end(std::string_view text) {
  if (!text.starts_with('[')) return std::min(text.find(':'), text.size());
  const std::size_t close = text.find(']');
  return close == std::string_view::npos ? 0 : close + 1;
}

bool is_strict_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  if (!host.starts_with('[')) {
    return std::ranges::all_of(host, is_name_character) && host != "." && !host.ends_with("..");
  }
  const std::string_view inside = host.substr(1, host.size() - 2);
  return inside.find(':') != std::string_view::npos && Address::parse(inside).has_value();
}

std::uint16_t port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return error == std::errc() && stopped == digits.data() + digits.size() ? port : std::uint16_t{0};
}

// A backslash is a slash to some, also to browsers; in a query it is nothing to anybody.
bool is_strict_path(std::string_view path) {
  const std::size_t query = path.find('?');
  return path.find('#') == std::string_view::npos &&
         path.substr(0, query).find('\\') == std::string_view::npos;
}

constexpr bool is_scheme_character(char c) {
  return is_alnum(c) || c == '+' || c == '-' || c == '.';
}

std::optional<TargetMarks> split_absolute(std::string_view target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos || colon == 0 || is_digit(target.front())) return {};
  const std::string_view scheme = target.substr(0, colon);
  if (!std::ranges::all_of(scheme, is_scheme_character) || !is_alnum(scheme.front())) return {};
  if (!target.substr(colon).starts_with("://")) return {};
  const std::size_t begin = colon + 3;
  const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
  if (!is_strict_authority(target.substr(begin, end - begin), false)) return {};
  if (!is_strict_path(target.substr(end))) return {};
  return TargetMarks{TargetForm::kAbsolute, static_cast<std::uint32_t>(colon),
                     static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                     static_cast<std::uint32_t>(end)};
}

}  // namespace

std::optional<TargetMarks> split_target(std::string_view method, std::string_view target) {
  const auto size = static_cast<std::uint32_t>(target.size());
  if (method == "CONNECT") {
    if (!is_strict_authority(target, true)) return {};
    return TargetMarks{TargetForm::kAuthority, 0, 0, size, size};
  }
  if (target.starts_with('/')) {
    if (!is_strict_path(target)) return {};
    return TargetMarks{TargetForm::kOrigin, 0, 0, 0, 0};
  }
  if (target == "*" && method == "OPTIONS") return TargetMarks{TargetForm::kAsterisk, 0, 0, 0, 0};
  return split_absolute(target);
}

bool is_strict_authority(std::string_view text, bool needs_port) {
  const std::size_t end = host_end(text);
  if (!is_strict_host(text.substr(0, end))) return false;
  if (end == text.size()) return !needs_port;
  if (text[end] != ':') return false;
  const std::string_view digits = text.substr(end + 1);
  if (digits.empty()) return !needs_port;
  return digits.size() <= kPortDigits && port_of(digits) != 0;
}

void read_strict_authority(std::string_view text, Authority& into) {
  if (text.starts_with('[')) {
    into = parse_authority(text);
    return;
  }
  const std::size_t end = host_end(text);
  std::string_view host = text.substr(0, end);
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  into.host.assign(host);
  std::ranges::transform(into.host, into.host.begin(), detail::lower);
  into.port = end == text.size() ? std::uint16_t{0} : port_of(text.substr(end + 1));
}

}  // namespace mogura::protocol::detail
