#pragma once

// Who may go where: client networks, Basic authentication, CONNECT ports, destinations. Decides on values; no
// I/O but reading the password file once, at construction. Immutable but for the cache of verified passwords.
// Any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

class AccessControl {
 public:
  // Errors: kIo, kFormat of the password file (line named, text not).
  static Result<std::unique_ptr<AccessControl>> make(const Access& access);
  ~AccessControl();

  [[nodiscard]] bool admits_client(const Address& client) const;
  [[nodiscard]] bool needs_credentials() const;
  // The value of Proxy-Authorization (RFC 7617): the user's name, or nothing. bcrypt, SHA-512/256 crypt, APR1
  // (htpasswd's default) and {SHA}. Slow hashes are computed once per right password: verified ones are
  // remembered as keyed hashes, bounded. `is_slow` is set where the answer needs a slow hash and the caller
  // should ask on another thread (check_slow()).
  [[nodiscard]] std::optional<std::string> check_fast(std::string_view credentials, bool& is_slow) const;
  [[nodiscard]] std::optional<std::string> check_slow(std::string_view credentials) const;
  [[nodiscard]] bool admits_connect_port(std::uint16_t port) const;
  // Asked of every address that is about to be connected to, also those that a name gave.
  [[nodiscard]] bool admits_destination(const Address& destination) const;

 private:
  struct Impl;
  explicit AccessControl(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::proxy::detail
