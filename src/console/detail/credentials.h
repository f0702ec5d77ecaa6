#pragma once

// Who may log in: the users of a password file, and whoever has the token. Read once, then immutable; any
// thread. A new file makes a new object (Console::reload()).

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "account/htpasswd.h"
#include "base/result.h"
#include "console/console.h"
#include "console/detail/login_form.h"

namespace mogura::console::detail {

// As whom the token logs in. A password file beside a token must not have a user of that name.
inline constexpr std::string_view kTokenUser = "token";
inline constexpr std::size_t kTokenLeast = 16, kTokenMost = 1024;  // bytes

class Credentials {
 public:
  // A hash of what was asked for at the login. Changes with the password, so that sessions can end then.
  using Stamp = std::array<std::uint8_t, 32>;

  // Without either file in `options`: nobody can log in. Errors: kIo; kUsage where others may read the
  // token's file; kFormat for files that are none, that name nobody, for tokens shorter than kTokenLeast, and
  // for hashes that are quickly tried (apr1, {SHA}).
  static Result<std::shared_ptr<const Credentials>> load(const Options& options);

  [[nodiscard]] bool has_users() const { return !people_.entries().empty(); }
  [[nodiscard]] bool has_token() const { return token_.has_value(); }
  // Slow on purpose, and as slow for users that there are not: some ms to some seconds, by the hash.
  [[nodiscard]] bool are_right(const LoginForm& form) const;
  // Nothing: that user cannot log in (any more).
  [[nodiscard]] std::optional<Stamp> stamp_of(std::string_view user) const;

 private:
  Result<void> load_people(const std::string& path);
  Result<void> load_token(const std::string& path);

  account::Htpasswd people_;
  std::optional<Stamp> token_;  // its SHA-256; the token itself is not kept
  std::uint64_t seed_ = 0;
};

}  // namespace mogura::console::detail
