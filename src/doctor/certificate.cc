#include "doctor/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <time.h>

#include <memory>

namespace mogura::doctor {
namespace {

constexpr std::chrono::hours kRenewBefore{30 * 24};

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;

// A key with a passphrase is refused instead of asked for.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*rw*/, void* /*data*/) {
  return -1;
}

Bio bio_of(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Timestamp time_of(const ASN1_TIME* time) {
  tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return Timestamp(std::chrono::seconds(timegm(&fields)));
}

}  // namespace

Result<CertificateFacts> parse_certificate(const std::string& certificate, const std::string& key) {
  const Bio source = bio_of(certificate);
  const std::unique_ptr<X509, Free> parsed(PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr));
  if (!parsed) {
    ERR_clear_error();
    return fail(ErrorCode::kFormat, {}, "is no certificate in PEM");
  }
  CertificateFacts facts{time_of(X509_get0_notBefore(parsed.get())),
                         time_of(X509_get0_notAfter(parsed.get()))};
  if (key.empty()) return facts;
  const Bio key_source = bio_of(key);
  const std::unique_ptr<EVP_PKEY, Free> own(
      PEM_read_bio_PrivateKey(key_source.get(), nullptr, no_passphrase, nullptr));
  facts.fits_key = own != nullptr && X509_check_private_key(parsed.get(), own.get()) == 1;
  ERR_clear_error();
  return facts;
}

Remark judge_certificate(const std::string& file, const Result<CertificateFacts>& facts, Timestamp now) {
  if (!facts) return {Level::kProblem, "certificate", file, facts.error().message(), ""};
  if (!facts->fits_key)
    return {Level::kProblem, "certificate", file, "its private key is another's, or has a passphrase", ""};
  const std::string until = to_rfc3339(facts->not_after);
  if (now < facts->not_before)
    return {Level::kProblem, "certificate", file, "is not valid yet", "look at the clock"};
  if (now >= facts->not_after)
    return {Level::kProblem, "certificate", file, "has expired on " + until, "renew it"};
  if (now + kRenewBefore >= facts->not_after)
    return {Level::kWarning, "certificate", file, "expires on " + until, "renew it"};
  return {Level::kOk, "certificate", file, "is good until " + until, ""};
}

}  // namespace mogura::doctor
