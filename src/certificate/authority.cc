#include "certificate/authority.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/address.h"
#include "base/check.h"
#include "base/text.h"
#include "certificate/detail/leaf.h"
#include "certificate/detail/openssl.h"

namespace mogura::certificate {

using detail::BioPtr;
using detail::KeyPtr;
using detail::X509Ptr;

namespace {

constexpr std::size_t kNameBytes = 253;
constexpr std::size_t kLabelBytes = 63;
// Certificates in one file; chains are short.
constexpr std::size_t kChain = 10;
constexpr int kLeastRsaBits = 2048, kLeastEcBits = 256;

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytes || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// What does not end in a letter could be taken for an address by whoever is less strict.
bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytes) return false;
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    if (!is_label(last)) return false;
    begin = end + 1;
  }
  return !std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string text_of(const BioPtr& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(std::max(size, 0L))};
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return text_of(bio);
}

std::string key_text(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return "RSA " + std::to_string(bits);
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) return "ECDSA P-" + std::to_string(bits);
  const char* const name = EVP_PKEY_get0_type_name(key);
  return name == nullptr ? "unknown" : name;
}

std::string fingerprint(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    if (i != 0) text += ':';
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

Authority::Facts facts_of_certificate(X509* certificate) {
  Authority::Facts facts;
  facts.subject = name_text(X509_get_subject_name(certificate));
  facts.issuer = name_text(X509_get_issuer_name(certificate));
  facts.key = key_text(X509_get0_pubkey(certificate));
  facts.sha256 = fingerprint(certificate);
  facts.not_before = detail::time_of(X509_get0_notBefore(certificate));
  facts.not_after = detail::time_of(X509_get0_notAfter(certificate));
  facts.is_self_signed = (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
  return facts;
}

Result<std::vector<X509Ptr>> read_certificates(std::string_view pem, const std::string& name) {
  std::vector<X509Ptr> read;
  const BioPtr bio = detail::reader(pem);
  while (read.size() <= kChain) {
    X509Ptr one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (one == nullptr) break;
    read.push_back(std::move(one));
  }
  ERR_clear_error();
  if (read.empty()) return fail(ErrorCode::kFormat, name, "holds no certificate in PEM");
  if (read.size() > kChain) return fail(ErrorCode::kFormat, name, "holds more than 10 certificates");
  return read;
}

bool is_weak(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  const int least = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? kLeastRsaBits : kLeastEcBits;
  // Ed25519 has 253 bits that count, and Ed448 more.
  const bool is_edwards = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
  return !is_edwards && bits < least;
}

// Nobody is asked for a passphrase: a service has no terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

std::string why_no_authority(X509* certificate, const Authority::Facts& facts, Timestamp now) {
  if (X509_check_ca(certificate) != 1) {
    return "is not the certificate of an authority (basicConstraints CA:TRUE); clients would not believe it";
  }
  if ((X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) == 0)
    return "may not sign certificates (keyUsage)";
  if (now < facts.not_before) return "is not good yet";
  if (now >= facts.not_after) return "has expired";
  if (is_weak(X509_get0_pubkey(certificate))) return "has a weak key (" + facts.key + ")";
  return {};
}

}  // namespace

void CertificateFree::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  wipe();
  text_ = std::move(other.text_);
  other.wipe();
  return *this;
}

void SecretText::wipe() {
  OPENSSL_cleanse(text_.data(), text_.capacity());
  text_.clear();
}

std::optional<std::string> certifiable_name(std::string_view host) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (const auto address = Address::parse(host)) return address->to_string();
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string name = lower(host);
  if (!is_dns_name(name)) return std::nullopt;
  return name;
}

struct Authority::Impl {
  std::vector<X509Ptr> certificates;  // its own, then its issuers'
  KeyPtr key, leaf_key;
  Facts facts;
};

Authority::Authority(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

Result<Authority> Authority::make(const std::string& name, std::chrono::days valid, Timestamp now) {
  auto impl = std::make_unique<Impl>();
  impl->key = detail::make_key();
  X509Ptr certificate = detail::make_root(name, impl->key.get(), valid, now);
  if (certificate == nullptr) {
    return fail(ErrorCode::kUsage, "the authority's name",
                "must be 1 to 64 characters of UTF-8, no controls");
  }
  impl->facts = facts_of_certificate(certificate.get());
  impl->certificates.push_back(std::move(certificate));
  impl->leaf_key = detail::make_key();
  return Authority(std::move(impl));
}

Result<Authority> Authority::parse(std::string_view certificate, const std::string& certificate_name,
                                   std::string_view key, const std::string& key_name, Timestamp now) {
  auto read = read_certificates(certificate, certificate_name);
  if (!read) return tl::unexpected(std::move(read.error()));
  auto impl = std::make_unique<Impl>();
  impl->certificates = std::move(*read);
  X509* const own = impl->certificates.front().get();
  impl->facts = facts_of_certificate(own);
  std::string why = why_no_authority(own, impl->facts, now);
  if (!why.empty()) return fail(ErrorCode::kUsage, certificate_name, std::move(why));
  const BioPtr bio = detail::reader(key);
  impl->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr));
  ERR_clear_error();
  if (impl->key == nullptr) {
    return fail(ErrorCode::kFormat, key_name, "holds no private key in PEM, or one behind a passphrase");
  }
  if (X509_check_private_key(own, impl->key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kUsage, key_name, "is not the key of " + certificate_name);
  }
  impl->leaf_key = detail::make_key();
  return Authority(std::move(impl));
}

Result<Authority::Facts> Authority::facts_of(std::string_view certificate, const std::string& name) {
  auto read = read_certificates(certificate, name);
  if (!read) return tl::unexpected(std::move(read.error()));
  return facts_of_certificate(read->front().get());
}

const Authority::Facts& Authority::facts() const {
  return impl_->facts;
}

std::string Authority::certificate_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  for (const X509Ptr& each : impl_->certificates)
    MOGURA_CHECK(PEM_write_bio_X509(bio.get(), each.get()) == 1);
  return text_of(bio);
}

SecretText Authority::key_pem() const {
  // Memory that OpenSSL wipes when it gives it back.
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  MOGURA_CHECK(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return SecretText(text_of(bio));
}

Result<Certificate> Authority::issue(const std::string& name, Timestamp now) const {
  if (certifiable_name(name) != name) {
    return fail(ErrorCode::kUsage, {}, "no certificate can be for this name");
  }
  if (now < impl_->facts.not_before || now >= impl_->facts.not_after) {
    return fail(ErrorCode::kUsage, impl_->facts.subject, "the authority is not good at this time");
  }
  X509Ptr leaf = detail::make_leaf(name, impl_->leaf_key.get(), impl_->certificates.front().get(),
                                   impl_->key.get(), now);
  return Certificate(leaf.release());
}

evp_pkey_st* Authority::leaf_key() const {
  return impl_->leaf_key.get();
}

std::vector<x509_st*> Authority::chain() const {
  std::vector<x509_st*> chain;
  if (impl_->facts.is_self_signed) return chain;
  for (const X509Ptr& each : impl_->certificates) chain.push_back(each.get());
  return chain;
}

Result<std::string> der_of(std::string_view certificate, const std::string& name) {
  const auto read = read_certificates(certificate, name);
  if (!read) return tl::unexpected(read.error());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  MOGURA_CHECK(i2d_X509_bio(bio.get(), read->front().get()) == 1);
  return text_of(bio);
}

Result<std::string> pem_of(std::string_view certificate, const std::string& name) {
  const auto read = read_certificates(certificate, name);
  if (!read) return tl::unexpected(read.error());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  MOGURA_CHECK(PEM_write_bio_X509(bio.get(), read->front().get()) == 1);
  return text_of(bio);
}

}  // namespace mogura::certificate
