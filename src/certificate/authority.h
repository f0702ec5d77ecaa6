#pragma once

// An organisation's own certification authority (RFC 5280), which clients are told to trust, and the
// certificates it gives for the names that they ask for. Not a general one: every certificate is for one name
// or address, for servers, and for the one key pair that the object makes for itself when it is made; that
// pair is never written anywhere.
//
// PEM texts and times in, values out; random numbers are OpenSSL's. Immutable but for what OpenSSL keeps
// inside; one object may be used by several threads at once.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// OpenSSL's, of which only pointers stand here.
struct x509_st;
struct evp_pkey_st;

namespace mogura::certificate {

struct CertificateFree {
  void operator()(x509_st* certificate) const;
};
using Certificate = std::unique_ptr<x509_st, CertificateFree>;

// A text that is wiped when it goes. Not copied.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  ~SecretText() { wipe(); }
  SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  SecretText& operator=(SecretText&& other) noexcept;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  void wipe();
  std::string text_;
};

// How long a certificate for a name is good: from a little before `now`, for clients whose clocks are behind,
// until then, or as long as the authority itself. Programs accept at most 398 days (CA/Browser Forum Baseline
// Requirements §6.3.2).
inline constexpr std::chrono::hours kLeafBackdated{48};
inline constexpr std::chrono::hours kLeafValid{90 * 24};

// The name as certificates have it: lower case, without a dot at the end, addresses without brackets. Nothing
// where no certificate can be for it: no labels of letters, digits, "-" and "_" of 1 to 63 bytes, more than
// 253 bytes, a name of digits that is no address.
std::optional<std::string> certifiable_name(std::string_view host);

class Authority {
 public:
  struct Facts {
    std::string subject, issuer;  // RFC 2253, all but printable ASCII escaped
    std::string key;              // "ECDSA P-256", "RSA 3072"
    std::string sha256;           // of the certificate, as people compare it: "AB:CD:…"
    Timestamp not_before{}, not_after{};
    bool is_self_signed = false;
  };

  // A new one: ECDSA P-256, that may sign certificates of servers but no further authorities. `name` is its
  // common name, 1 to 64 bytes of UTF-8 without control characters. Errors: kUsage.
  static Result<Authority> make(const std::string& name, std::chrono::days valid, Timestamp now);
  // `certificate`: PEM, the authority's first; those of its issuers may follow, and are sent to clients.
  // `key`: PEM, not encrypted. Errors name `certificate_name` or `key_name`: kFormat; kUsage where the
  // certificate is no authority's, is not good at `now`, is weak (less than RSA 2048 or ECDSA P-256), or does
  // not belong to the key. No error holds anything of the key.
  static Result<Authority> parse(std::string_view certificate, const std::string& certificate_name,
                                 std::string_view key, const std::string& key_name, Timestamp now);
  // Of a certificate alone. Errors: kFormat.
  static Result<Facts> facts_of(std::string_view certificate, const std::string& certificate_name);

  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  [[nodiscard]] const Facts& facts() const;
  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] SecretText key_pem() const;  // PKCS #8

  // For a name of certifiable_name(). Errors: kUsage (not such a name; the authority is not good at `now`).
  [[nodiscard]] Result<Certificate> issue(const std::string& name, Timestamp now) const;
  // The key of all that issue() gives. Valid as long as this.
  [[nodiscard]] evp_pkey_st* leaf_key() const;
  // What a server sends behind its own certificate: nothing where clients have this authority as their root.
  [[nodiscard]] std::vector<x509_st*> chain() const;

 private:
  struct Impl;
  explicit Authority(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The first certificate of a text in PEM, and nothing else that stands there. Errors: kFormat.
Result<std::string> der_of(std::string_view certificate, const std::string& name);
Result<std::string> pem_of(std::string_view certificate, const std::string& name);

}  // namespace mogura::certificate
