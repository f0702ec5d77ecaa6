#pragma once

// The cookie that a session is known by (RFC 6265; the prefix: RFC 6265bis §4.1.3.2). Text in, text out. Any
// thread.

#include <string>
#include <string_view>
#include <vector>

namespace mogura::console::detail {

inline constexpr std::size_t kSessionIdLetters = 64;  // 256 bits in lower-case hexadecimal
// Looked at in one request. More than one comes when somebody else on this host set a cookie of that name.
inline constexpr std::size_t kSessionCookies = 4;

std::string_view session_cookie_name(bool has_tls);
// Adds what `field`, a Cookie field, has for ids, in order, up to kSessionCookies in all. What is no id is
// passed over.
void read_session_cookies(std::string_view field, std::string_view name, std::vector<std::string>& ids);
// The value of Set-Cookie; an empty id takes the cookie away.
std::string set_session_cookie(std::string_view id, bool has_tls);

}  // namespace mogura::console::detail
