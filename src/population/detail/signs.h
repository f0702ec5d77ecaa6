#pragma once

// What of one session is kept for statements about contradictions: a few bits, and the name that did not fit.
// Private to the room. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "session/session.h"

namespace mogura::population::detail {

enum class Sign : std::uint8_t {
  kRequest,            // an HTTP request was seen (so an absent User-Agent is one that was left out)
  kNoSni,              // a hello without a name, to a target that is a name
  kNoAlpn,             // a hello without ALPN
  kAlpn,               // a hello with it
  kSniMisfit,          // SNI and CONNECT target are names of different registrable domains
  kCertificateMisfit,  // the certificate's common name is of neither's domain
  kSelfSigned,         // and the certificate is its own issuer
};

class Signs {
 public:
  void add(Sign sign) { bits_ = static_cast<std::uint8_t>(bits_ | 1u << static_cast<unsigned>(sign)); }
  void add(Signs others) { bits_ = static_cast<std::uint8_t>(bits_ | others.bits_); }
  [[nodiscard]] bool has(Sign sign) const { return (bits_ >> static_cast<unsigned>(sign) & 1) != 0; }
  bool operator==(const Signs&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

struct SessionSigns {
  Signs signs;
  std::string certificate_name;  // only where it does not fit
};
SessionSigns signs_of(const session::Session& session);

// The common name of an RFC 4514 name, unescaped; empty where it has none.
std::string common_name_of(std::string_view subject);

}  // namespace mogura::population::detail
