#pragma once

// Password files as Apache's htpasswd writes them: who there is, and whether a password is the one that was
// hashed. Text in, values out; no I/O, no memory of what was asked. Immutable; any thread.
//
//   user:$2y$10$…        bcrypt (also $2a$, $2b$)         slow on purpose
//   user:$6$salt$…       SHA-512 crypt; $5$: SHA-256      slow
//   user:$apr1$salt$…    MD5, a thousand times over       slow, as such things go
//   user:{SHA}…          SHA-1, once                      fast
//
// Plain text, and the eight-letter hashes of old, are refused when the file is read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace mogura::account {

enum class HashKind : std::uint8_t { kBcrypt, kShaCrypt, kApr1, kSha1 };

struct PasswordEntry {
  std::string user;
  std::string hash;  // as it stands in the file
  HashKind kind = HashKind::kSha1;
  std::size_t line = 0;

  [[nodiscard]] bool is_slow() const { return kind != HashKind::kSha1; }
};

// Nothing: no hash of a kind that is known, or one that would take minutes to compute.
std::optional<HashKind> kind_of_hash(std::string_view hash);
// Compares in constant time. Passwords with a NUL or of more than kPasswordBytes fit nothing.
bool is_password(const PasswordEntry& entry, std::string_view password);
// Apache's variant of the MD5 crypt of FreeBSD: 22 characters.
std::string apr1(std::string_view password, std::string_view salt);

inline constexpr std::size_t kPasswordBytes = 511;  // crypt(3) takes no more
inline constexpr std::size_t kPasswordFileBytes = std::size_t{16} << 20;
inline constexpr std::size_t kPasswordUsers = 100'000;

class Htpasswd {
 public:
  // Errors: kFormat, kLimit; they name the line and never what stands in it.
  static Result<Htpasswd> parse(std::string_view text, const std::string& name);
  Htpasswd() = default;
  Htpasswd(Htpasswd&&) = default;
  Htpasswd& operator=(Htpasswd&&) = default;

  [[nodiscard]] const PasswordEntry* find(std::string_view user) const;
  // Some entry, the same each time for the same user and seed; nullptr where there are none. Of it, a
  // password can be asked in place of somebody's who is not there, so that the answer takes as long.
  [[nodiscard]] const PasswordEntry* stand_in(std::string_view user, std::uint64_t seed) const;
  [[nodiscard]] const std::vector<PasswordEntry>& entries() const { return entries_; }

 private:
  std::vector<PasswordEntry> entries_;
  std::unordered_map<std::string_view, std::size_t> by_user_;  // views of entries_, which then never changes
};

}  // namespace mogura::account
