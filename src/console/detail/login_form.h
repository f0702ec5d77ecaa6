#pragma once

// The body of POST /api/login: {"user": "…", "password": "…"} or {"token": "…"}. Read strictly: an object of
// texts (detail/json_reader.h), no other members, each once. Bytes in, value out. Any thread.

#include <optional>
#include <string>
#include <string_view>

namespace mogura::console::detail {

struct LoginForm {
  bool has_token = false;  // else user and password
  std::string user{};
  std::string secret{};  // password or token; wiped when it goes

  LoginForm() = default;
  LoginForm(LoginForm&&) = default;
  LoginForm& operator=(LoginForm&&) = default;
  ~LoginForm();
};

// Nothing: no such object, or texts that are not UTF-8, or with control characters or too long for a user.
std::optional<LoginForm> parse_login_form(std::string_view body);

inline constexpr std::size_t kLoginUserBytes = 255;

}  // namespace mogura::console::detail
