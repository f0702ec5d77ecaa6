#include "certificate/detail/leaf.h"

#include <openssl/objects.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/address.h"
#include "base/check.h"
#include "certificate/authority.h"

namespace mogura::certificate::detail {
namespace {

constexpr long kVersion3 = 2;
// RFC 5280 §4.1.2.2: at most 20 bytes, positive; enough random ones that no two are the same.
constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kCommonNameBytes = 64;  // ub-common-name

time_t seconds_of(Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

void set_serial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  MOGURA_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  // Positive, and of the same length each time.
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);
  const BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  MOGURA_CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void set_times(X509* certificate, Timestamp from, Timestamp until) {
  MOGURA_CHECK(ASN1_TIME_set(X509_getm_notBefore(certificate), seconds_of(from)) != nullptr);
  MOGURA_CHECK(ASN1_TIME_set(X509_getm_notAfter(certificate), seconds_of(until)) != nullptr);
}

bool add_common_name(X509_NAME* subject, const std::string& name) {
  return X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(name.data()),
                                    static_cast<int>(name.size()), -1, 0) == 1;
}

// `value` in the words of OpenSSL's x509v3_config(5); ours, never a client's.
void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  MOGURA_CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// The name goes in as a value and not as text that somebody reads again.
void add_alternative_name(X509* certificate, const std::string& name, bool is_critical) {
  const GeneralNamesPtr names(GENERAL_NAMES_new());
  GENERAL_NAME* const one = GENERAL_NAME_new();
  MOGURA_CHECK(names != nullptr && one != nullptr && sk_GENERAL_NAME_push(names.get(), one) > 0);
  if (Address::parse(name)) {
    ASN1_OCTET_STRING* const address = a2i_IPADDRESS(name.c_str());
    MOGURA_CHECK(address != nullptr);
    GENERAL_NAME_set0_value(one, GEN_IPADD, address);
  } else {
    ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
    MOGURA_CHECK(text != nullptr && ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
    GENERAL_NAME_set0_value(one, GEN_DNS, text);
  }
  MOGURA_CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), is_critical ? 1 : 0, 0) ==
               1);
}

void sign(X509* certificate, EVP_PKEY* key) {
  // Edwards curves bring their own digest.
  const int kind = EVP_PKEY_get_base_id(key);
  const bool has_digest = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448;
  MOGURA_CHECK(X509_sign(certificate, key, has_digest ? nullptr : EVP_sha256()) > 0);
}

X509Ptr begin(EVP_PKEY* key, Timestamp from, Timestamp until) {
  X509Ptr certificate(X509_new());
  MOGURA_CHECK(certificate != nullptr && X509_set_version(certificate.get(), kVersion3) == 1);
  MOGURA_CHECK(X509_set_pubkey(certificate.get(), key) == 1);
  set_serial(certificate.get());
  set_times(certificate.get(), from, until);
  return certificate;
}

}  // namespace

KeyPtr make_key() {
  KeyPtr key(EVP_EC_gen("P-256"));
  MOGURA_CHECK(key != nullptr);
  return key;
}

X509Ptr make_root(const std::string& name, EVP_PKEY* key, std::chrono::days valid, Timestamp now) {
  const bool has_control = std::any_of(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (name.empty() || name.size() > kCommonNameBytes || has_control) return nullptr;
  X509Ptr root = begin(key, now - kLeafBackdated, now + valid);
  X509_NAME* const subject = X509_get_subject_name(root.get());
  if (!add_common_name(subject, name)) return nullptr;
  MOGURA_CHECK(X509_set_issuer_name(root.get(), subject) == 1);
  add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(root.get(), root.get(), NID_subject_key_identifier, "hash");
  sign(root.get(), key);
  return root;
}

X509Ptr make_leaf(const std::string& name, EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key,
                  Timestamp now) {
  X509Ptr leaf = begin(key, std::max(now - kLeafBackdated, time_of(X509_get0_notBefore(authority))),
                       std::min(now + kLeafValid, time_of(X509_get0_notAfter(authority))));
  X509* const certificate = leaf.get();
  // A name that is too long for a common name stands in subjectAltName alone, which is then critical
  // (RFC 5280 §4.2.1.6).
  const bool has_subject = name.size() <= kCommonNameBytes;
  if (has_subject) MOGURA_CHECK(add_common_name(X509_get_subject_name(certificate), name));
  MOGURA_CHECK(X509_set_issuer_name(certificate, X509_get_subject_name(authority)) == 1);
  add_extension(certificate, authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, authority, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, authority, NID_ext_key_usage, "serverAuth");
  add_extension(certificate, authority, NID_subject_key_identifier, "hash");
  // An authority made elsewhere may have no identifier of its key; then this is left out.
  if (X509_get0_subject_key_id(authority) != nullptr) {
    add_extension(certificate, authority, NID_authority_key_identifier, "keyid:always");
  }
  add_alternative_name(certificate, name, !has_subject);
  sign(certificate, authority_key);
  return leaf;
}

Timestamp time_of(const ASN1_TIME* time) {
  // Certificates may name the year 9999 (RFC 5280 §4.1.2.5), which nanoseconds do not reach.
  constexpr std::int64_t kFarthest = 9'000'000'000;
  constexpr std::int64_t kDay = 86'400;
  const TimePtr epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (time == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return {};
  return Timestamp(std::chrono::seconds(std::clamp(days * kDay + seconds, -kFarthest, kFarthest)));
}

}  // namespace mogura::certificate::detail
