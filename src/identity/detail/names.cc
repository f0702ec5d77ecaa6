#include "identity/detail/names.h"

#include <algorithm>

namespace mogura::identity::detail {

bool has_at(std::string_view text, std::size_t at, std::string_view lowered) {
  if (at > text.size() || text.size() - at < lowered.size()) return false;
  return std::equal(lowered.begin(), lowered.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, char b) { return a == lower(b); });
}

bool contains_ignoring_case(std::string_view text, std::string_view lowered) {
  return std::search(text.begin(), text.end(), lowered.begin(), lowered.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end() ||
         lowered.empty();
}

std::string_view host_of(std::string_view destination) {
  std::string_view host = destination;
  if (host.starts_with('[')) {
    return host.substr(1, host.find(']') == std::string_view::npos ? host.size() : host.find(']') - 1);
  }
  const std::size_t colon = host.find(':');
  // More than one colon: an IPv6 address without brackets.
  if (colon != std::string_view::npos && colon == host.rfind(':')) host = host.substr(0, colon);
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

std::string_view port_of(std::string_view destination) {
  const std::size_t colon = destination.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view before = destination.substr(0, colon);
  const bool is_v6 = before.starts_with('[') || before.find(':') != std::string_view::npos;
  if (is_v6 && !(before.starts_with('[') && before.ends_with(']'))) return {};
  return destination.substr(colon + 1);
}

std::string_view common_name_of(std::string_view distinguished_name) {
  std::string_view name = distinguished_name;
  for (std::size_t at = 0; at < distinguished_name.size();) {
    const std::size_t end = std::min(distinguished_name.find(',', at), distinguished_name.size());
    std::string_view part = distinguished_name.substr(at, end - at);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (has_at(part, 0, "cn=")) {
      name = part.substr(3);
      break;
    }
    at = end + 1;
  }
  if (name.starts_with("*.")) name.remove_prefix(2);
  return name;
}

}  // namespace mogura::identity::detail
