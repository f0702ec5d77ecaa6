#include "console/detail/session_cookie.h"

#include <algorithm>

namespace mogura::console::detail {
namespace {

bool is_session_id(std::string_view text) {
  return text.size() == kSessionIdLetters && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view session_cookie_name(bool has_tls) {
  return has_tls ? "__Host-mogura_session" : "mogura_session";
}

void read_session_cookies(std::string_view field, std::string_view name, std::vector<std::string>& ids) {
  while (!field.empty() && ids.size() < kSessionCookies) {
    const std::size_t end = std::min(field.find(';'), field.size());
    const std::string_view pair = trimmed(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const std::size_t sign = pair.find('=');
    if (sign == std::string_view::npos || pair.substr(0, sign) != name) continue;
    if (is_session_id(pair.substr(sign + 1))) ids.emplace_back(pair.substr(sign + 1));
  }
}

std::string set_session_cookie(std::string_view id, bool has_tls) {
  std::string value(session_cookie_name(has_tls));
  value += '=';
  value += id;
  value += "; Path=/; HttpOnly; SameSite=Strict";
  if (has_tls) value += "; Secure";
  if (id.empty()) value += "; Max-Age=0";
  return value;
}

}  // namespace mogura::console::detail
