#pragma once

// Why an origin's certificate is refused, in words of ours: what OpenSSL found wrong with the chain
// (RFC 5280 §6), or what a stapled OCSP response says (RFC 6960, RFC 6066 §8). Any thread.

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"

struct x509_st;
struct stack_st_X509;
struct x509_store_st;

namespace mogura::certificate {

enum class Fault : std::uint8_t {
  kNone,
  kExpired,
  kNotYetValid,
  kWrongHost,
  kSelfSigned,     // the certificate itself, or a root that nobody here knows
  kUnknownIssuer,  // the chain does not reach a known root
  kWeak,           // key or signature below 112 bits of security: RSA below 2048, SHA-1, MD5
  kRevoked,
  kNoStaple,  // the certificate demands a staple (RFC 7633), and there is no good one
  kPurpose,   // not for servers, or signed by what is no authority
  kInvalid,   // anything else
};
inline constexpr std::size_t kFaults = 11;
std::string_view name_of(Fault fault);      // "expired", "wrong-host", …: label of metrics
std::string_view sentence_of(Fault fault);  // "has expired", …: follows "The server's certificate"

// Of SSL_get_verify_result(), an X509_V_… value.
Fault fault_of(long verify_result);

// What a staple says of a certificate. Not usable: no OCSP response, not signed by the issuer or whom it
// appointed, of another certificate, or not of this time; then it is as if there were none (RFC 6066 §8
// leaves that to the client; who can leave a staple out could as well send a broken one).
enum class Staple : std::uint8_t { kUsable, kRevoked, kUnusable };
// `der`: the OCSPResponse. `certificate` and `issuer` as verified; `chain`, which may be nullptr, may hold
// the responder's certificate's issuers; `store` has the roots. `now` decides about thisUpdate and
// nextUpdate; the signature of the responder's certificate is judged by OpenSSL, which looks at the clock
// itself.
Staple judge_staple(ByteView der, x509_st* certificate, x509_st* issuer, stack_st_X509* chain,
                    x509_store_st* store, Timestamp now);
// TLS feature extension with status_request (RFC 7633).
bool demands_staple(const x509_st* certificate);

}  // namespace mogura::certificate
