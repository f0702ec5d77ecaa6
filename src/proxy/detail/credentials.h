#pragma once

// The value of Proxy-Authorization under the Basic scheme (RFC 7617). Text in, value out. Any thread.

#include <optional>
#include <string>
#include <string_view>

namespace mogura::proxy::detail {

inline constexpr std::size_t kCredentialsBytes = 1024;  // user, colon, password

struct Credentials {
  std::string text;   // "user:password"; wiped when it goes
  std::size_t colon;  // where in it

  [[nodiscard]] std::string_view user() const { return std::string_view(text).substr(0, colon); }
  [[nodiscard]] std::string_view password() const { return std::string_view(text).substr(colon + 1); }

  Credentials(std::string decoded, std::size_t at) : text(std::move(decoded)), colon(at) {}
  Credentials(Credentials&&) = default;
  Credentials& operator=(Credentials&&) = default;
  ~Credentials();
};

// Another scheme, no base64 (RFC 4648 §4; the padding may be missing), no colon, control characters, more
// than kCredentialsBytes: nothing.
std::optional<Credentials> parse_basic(std::string_view value);

}  // namespace mogura::proxy::detail
