#pragma once

// Puts pseudonyms in the place of clients' addresses: the same for the same address and key, in no way to be
// turned back without the key, and addresses themselves, so that everything above goes on counting and
// comparing as before. What it does not touch is in docs/guides/privacy.md. Any thread.
//
//   fd6d:6f67:7572:hhhh:hhhh:hhhh:hhhh:hhhh      h: the first 80 bits of HMAC-SHA256(key, m)
//   └─ kPrefix, /48 ┘                            m: the address as 16 bytes, IPv4 as ::ffff:a.b.c.d; of a
//                                                   text that is no address, "mogura-forwarded-1" and the
//                                                   text

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "session/session.h"

namespace mogura::session {

class Redactor {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  static constexpr std::uint64_t kPrefix = 0xFD6D'6F67'7572;  // first 48 bits

  explicit Redactor(const std::array<std::uint8_t, kKeyBytes>& key);
  ~Redactor();
  Redactor(const Redactor&) = delete;
  Redactor& operator=(const Redactor&) = delete;

  static bool is_pseudonym(const Address& address) { return address.high() >> 16 == kPrefix; }
  // Pseudonyms stay as they are, so that what was stored redacted can be read and redacted again; so does the
  // address that stands for none.
  [[nodiscard]] Address pseudonym_of(const Address& client) const;
  // As X-Forwarded-For names a client; empty stays empty.
  [[nodiscard]] std::string pseudonym_of(std::string_view forwarded) const;
  // The client's address and client_forwarded. The port stays. Session and community ids, which are made of
  // these, change with them.
  void redact(Session& session) const;

 private:
  using Block = std::array<std::uint8_t, 64>;  // of SHA-256

  [[nodiscard]] Address hash(ByteView message) const;

  Block inner_{}, outer_{};  // RFC 2104: the key with ipad, with opad
};

}  // namespace mogura::session
