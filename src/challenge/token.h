#pragma once

// The cookie's value: what it is made of, and what a value that came back is (docs/formats/challenge.md).
//
//   1.<epoch>.<mac>.<tag>       epoch: decimal; mac, tag: base64url without padding
//   mac = first 12 bytes of HMAC-SHA256(secret, "mogura-cookie-1" | kind | epoch | client | host)
//   tag = first 6 bytes of HMAC-SHA256(secret, "mogura-tag-1" | "plain" | epoch | mac)
//
// Deterministic inside an epoch, so that parallel responses carry the same value; the epoch and the one
// before are good. The tag tells what this site issued to somebody else (an address that moved, a jar that
// was copied) from what was made up. All comparing is in constant time. Any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "challenge/decoys.h"
#include "challenge/state.h"

namespace mogura::challenge {

// 32 bytes shared by all proxies of a site. Wiped when it goes; never logged. Copies are cheap.
class Secret {
 public:
  static constexpr std::size_t kBytes = 32;
  // Text of a secret file: 64 hexadecimal digits and a line end. Errors (kFormat) do not repeat the text.
  static Result<Secret> parse(std::string_view text, const std::string& name);
  explicit Secret(const std::array<std::uint8_t, kBytes>& bytes);
  [[nodiscard]] std::string to_hex() const;
  // HMAC-SHA256 (RFC 2104). A thread's first call sets up memory of its own.
  [[nodiscard]] std::array<std::uint8_t, 32> hmac(std::string_view message) const;

 private:
  class Keyed;
  std::shared_ptr<const Keyed> keyed_;
};

class Tokens {
 public:
  // `epoch`: at least a minute; less is taken as a minute.
  Tokens(const Secret& secret, std::chrono::seconds epoch);

  // Whole epochs since 1970; 0 before that.
  [[nodiscard]] std::uint64_t epoch_at(Timestamp now) const;
  // `host`: lower case, without port.
  [[nodiscard]] std::string issue(const Address& client, std::string_view host, Timestamp now,
                                  CookieKind kind = CookieKind::kPlain) const;
  // The value of an epoch as epoch_at() gives it.
  [[nodiscard]] std::string issue(const Address& client, std::string_view host, std::uint64_t epoch,
                                  CookieKind kind = CookieKind::kPlain) const;
  // kCurrent, kPrevious, kForeign, kForged or kGarbage. What another proxy of the site, whose clock is
  // ahead, issued for the next epoch is kCurrent.
  [[nodiscard]] Sign read(std::string_view value, const Address& client, std::string_view host, Timestamp now,
                          CookieKind kind = CookieKind::kPlain) const;
  // Of our form, whoever made it: what is taken out of requests under our name.
  static bool is_well_formed(std::string_view value);
  // Of our form and issued by this site, whenever and to whomever.
  [[nodiscard]] bool is_ours(std::string_view value) const;
  // Of (client address, User-Agent, host), and the user's name where it is known.
  [[nodiscard]] StateKey key_of(const Address& client, std::string_view user_agent, std::string_view host,
                                std::string_view user = {}) const;

 private:
  Secret secret_;
  std::chrono::seconds epoch_;
};

}  // namespace mogura::challenge
