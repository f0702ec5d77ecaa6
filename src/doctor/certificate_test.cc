#include "doctor/certificate.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace mogura::doctor {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

template <class Write>
std::string pem(Write write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string pem_of(const Key& key) {
  return pem(
      [&key](BIO* bio) { PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string certificate(const Key& key, Timestamp from, Timestamp until) {
  X509* const made = X509_new();
  const auto seconds = [](Timestamp time) {
    return static_cast<time_t>(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  ASN1_TIME_set(X509_getm_notBefore(made), seconds(from));
  ASN1_TIME_set(X509_getm_notAfter(made), seconds(until));
  X509_set_pubkey(made, key.get());
  X509_sign(made, key.get(), EVP_sha256());
  const std::string text = pem([made](BIO* bio) { PEM_write_bio_X509(bio, made); });
  X509_free(made);
  return text;
}

TEST(Certificate, IsGoodInItsTime) {
  const Key key = make_key();
  const Timestamp from{std::chrono::hours(24 * 365 * 50)}, until = from + std::chrono::hours(24 * 90);
  const auto facts = parse_certificate(certificate(key, from, until), pem_of(key));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->not_before, from);
  EXPECT_EQ(facts->not_after, until);
  struct Case {
    Timestamp now;
    Level expected;
  };
  const std::chrono::seconds second(1);
  const std::chrono::hours month(24 * 30);
  for (const auto& [now, expected] :
       {Case{from - second, Level::kProblem}, Case{from, Level::kOk},
        Case{until - month - second, Level::kOk}, Case{until - month, Level::kWarning},
        Case{until - second, Level::kWarning}, Case{until, Level::kProblem}}) {
    EXPECT_EQ(judge_certificate("c", facts, now).level, expected) << to_rfc3339(now);
  }
}

TEST(Certificate, MustFitItsKey) {
  const Key key = make_key(), another = make_key();
  const std::string text = certificate(key, Timestamp{}, Timestamp{std::chrono::hours(24 * 365 * 60)});
  const Timestamp now{std::chrono::hours(24 * 365 * 50)};
  EXPECT_EQ(judge_certificate("c", parse_certificate(text, pem_of(another)), now).level, Level::kProblem);
  EXPECT_EQ(judge_certificate("c", parse_certificate(text, "no key"), now).level, Level::kProblem);
  EXPECT_EQ(judge_certificate("c", parse_certificate(text, ""), now).level, Level::kOk);
}

TEST(Certificate, MustBeOne) {
  const Key key = make_key();
  const std::string text = certificate(key, Timestamp{}, Timestamp{});
  for (const std::string& wrong :
       {std::string(), std::string("-----BEGIN CERTIFICATE-----\n"), text.substr(0, text.size() / 2)}) {
    EXPECT_FALSE(parse_certificate(wrong, ""));
    EXPECT_EQ(judge_certificate("c", parse_certificate(wrong, ""), {}).level, Level::kProblem);
  }
}

}  // namespace
}  // namespace mogura::doctor
