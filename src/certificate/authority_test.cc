#include "certificate/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <set>

#include "certificate/detail/leaf.h"
#include "certificate/detail/openssl.h"

namespace mogura::certificate {
namespace {

using testing::HasSubstr;
using testing::Not;

const Timestamp kNow = Timestamp(std::chrono::seconds(1'790'000'000));  // 2026-09-21
constexpr std::chrono::days kTenYears{3650};

Authority an_authority() {
  return *Authority::make("Example Organisation CA", kTenYears, kNow);
}

std::string printed(x509_st* certificate) {
  const detail::BioPtr bio(BIO_new(BIO_s_mem()));
  X509_print(bio.get(), certificate);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

// What a client does: chain, purpose, name, at a time.
int verify(const Authority& authority, x509_st* leaf, const std::string& host, Timestamp now) {
  const std::string pem = authority.certificate_pem();
  const detail::BioPtr bio = detail::reader(pem);
  const detail::X509Ptr root(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  X509_STORE* const store = X509_STORE_new();
  X509_STORE_add_cert(store, root.get());
  X509_STORE_CTX* const context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf, nullptr);
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_auth_level(rules, 2);
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(rules,
                             std::chrono::system_clock::to_time_t(
                                 std::chrono::time_point_cast<std::chrono::system_clock::duration>(now)));
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(rules, host.c_str(), 0);
  }
  X509_verify_cert(context);
  const int result = X509_STORE_CTX_get_error(context);
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  return result;
}

TEST(Authority, ItsCertificatesAreWhatAClientWantsForTheName) {
  const Authority authority = an_authority();
  const std::string long_name = std::string(60, 'a') + "." + std::string(60, 'b') + ".example";
  for (const std::string& name :
       {std::string("www.example.com"), std::string("a_b.example"), std::string("xn--bcher-kva.example"),
        std::string("localhost"), std::string("192.0.2.7"), std::string("2001:db8::7"), long_name}) {
    const auto leaf = authority.issue(name, kNow);
    ASSERT_TRUE(leaf) << name;
    EXPECT_EQ(verify(authority, leaf->get(), name, kNow), X509_V_OK) << name;
    EXPECT_EQ(verify(authority, leaf->get(), "other.example", kNow), X509_V_ERR_HOSTNAME_MISMATCH) << name;
    EXPECT_EQ(X509_check_private_key(leaf->get(), authority.leaf_key()), 1);
  }
}

TEST(Authority, ACertificateSaysWhatItIsForAndNoMore) {
  const Authority authority = an_authority();
  const auto leaf = authority.issue("www.example.com", kNow);
  const std::string text = printed(leaf->get());
  EXPECT_THAT(text, HasSubstr("CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication"));
  EXPECT_THAT(text, HasSubstr("DNS:www.example.com"));
  EXPECT_THAT(text, HasSubstr("X509v3 Authority Key Identifier"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier"));
  EXPECT_THAT(text, HasSubstr("NIST CURVE: P-256"));
  EXPECT_THAT(text, Not(HasSubstr("Certificate Sign")));
}

TEST(Authority, ACertificateBeginsBeforeNowAndEndsWithin398DaysOrWithTheAuthority) {
  const Authority authority = an_authority();
  const auto leaf = authority.issue("www.example.com", kNow);
  const Timestamp from = detail::time_of(X509_get0_notBefore(leaf->get()));
  const Timestamp until = detail::time_of(X509_get0_notAfter(leaf->get()));
  EXPECT_EQ(from, kNow - kLeafBackdated);
  EXPECT_EQ(until, kNow + kLeafValid);
  EXPECT_LE(until - from, std::chrono::days(398));

  const Timestamp late = kNow + kTenYears - std::chrono::hours(24);
  const auto last = authority.issue("www.example.com", late);
  EXPECT_EQ(detail::time_of(X509_get0_notAfter(last->get())), kNow + kTenYears);
  EXPECT_FALSE(authority.issue("www.example.com", kNow + kTenYears));
}

TEST(Authority, SerialNumbersArePositiveAndNoTwoAreTheSame) {
  const Authority authority = an_authority();
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto leaf = authority.issue("www.example.com", kNow);
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(leaf->get());
    EXPECT_EQ(ASN1_STRING_length(serial), 16);
    EXPECT_NE(ASN1_STRING_type(serial), V_ASN1_NEG_INTEGER);
    seen.insert({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), 16});
  }
  EXPECT_EQ(seen.size(), 50U);
}

TEST(Authority, IsReadAgainFromItsTexts) {
  const Authority made = an_authority();
  const SecretText key = made.key_pem();
  const auto read = Authority::parse(made.certificate_pem(), "ca.pem", key.view(), "ca.key", kNow);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->facts().sha256, made.facts().sha256);
  EXPECT_EQ(read->facts().subject, "CN=Example Organisation CA");
  EXPECT_EQ(read->facts().key, "ECDSA P-256");
  EXPECT_TRUE(read->facts().is_self_signed);
  EXPECT_TRUE(read->chain().empty());
  const auto leaf = read->issue("www.example.com", kNow);
  EXPECT_EQ(verify(made, leaf->get(), "www.example.com", kNow), X509_V_OK);
  EXPECT_NE(made.leaf_key(), read->leaf_key());
}

TEST(Authority, WhatIsNoneIsRefusedWithoutAWordOfTheKey) {
  const Authority authority = an_authority();
  const std::string pem = authority.certificate_pem();
  const SecretText key = authority.key_pem();
  const Authority other = an_authority();
  const SecretText other_key = other.key_pem();
  const auto leaf = authority.issue("www.example.com", kNow);
  const detail::BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), leaf->get());
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  const std::string leaf_pem(bytes, static_cast<std::size_t>(size));
  struct Row {
    const char* why;
    std::string certificate;
    std::string_view key;
    Timestamp now;
    const char* place;
    ErrorCode code;
  };
  const Row rows[] = {
      {"no PEM", "nothing", key.view(), kNow, "ca.pem", ErrorCode::kFormat},
      {"empty", "", key.view(), kNow, "ca.pem", ErrorCode::kFormat},
      {"a server's", leaf_pem, key.view(), kNow, "ca.pem", ErrorCode::kUsage},
      {"over", pem, key.view(), kNow + kTenYears, "ca.pem", ErrorCode::kUsage},
      {"not yet", pem, key.view(), kNow - std::chrono::days(3), "ca.pem", ErrorCode::kUsage},
      {"another's key", pem, other_key.view(), kNow, "ca.key", ErrorCode::kUsage},
      {"no key", pem, pem, kNow, "ca.key", ErrorCode::kFormat},
      {"half a key", pem, key.view().substr(0, 90), kNow, "ca.key", ErrorCode::kFormat},
  };
  for (const Row& row : rows) {
    const auto read = Authority::parse(row.certificate, "ca.pem", row.key, "ca.key", row.now);
    ASSERT_FALSE(read) << row.why;
    EXPECT_EQ(read.error().place, row.place) << row.why;
    EXPECT_EQ(read.error().code, row.code) << row.why;
    EXPECT_THAT(read.error().message(), Not(HasSubstr("PRIVATE"))) << row.why;
  }
}

TEST(Authority, NamesThatAreNoCommonNamesAreRefused) {
  EXPECT_TRUE(Authority::make(std::string(64, 'x'), kTenYears, kNow));
  EXPECT_FALSE(Authority::make(std::string(65, 'x'), kTenYears, kNow));
  EXPECT_FALSE(Authority::make("", kTenYears, kNow));
  EXPECT_FALSE(Authority::make("a\nb", kTenYears, kNow));
  EXPECT_FALSE(Authority::make("\xff\xfe", kTenYears, kNow));
}

TEST(CertifiableName, IsNormalOrNothing) {
  const std::string label63(63, 'a');
  const std::string name253 = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'b');
  const std::pair<std::string, std::string> good[] = {{"WWW.Example.COM", "www.example.com"},
                                                      {"example.com.", "example.com"},
                                                      {"[2001:DB8::1]", "2001:db8::1"},
                                                      {"192.0.2.1", "192.0.2.1"},
                                                      {"localhost", "localhost"},
                                                      {label63 + ".example", label63 + ".example"},
                                                      {name253, name253},
                                                      {"_dmarc.example", "_dmarc.example"}};
  for (const auto& [host, name] : good) EXPECT_EQ(certifiable_name(host), name) << host;
  const std::string bad[] = {"",
                             ".",
                             "a..b",
                             "*.example.com",
                             "-a.example",
                             "a-.example",
                             "a b",
                             "a/b",
                             "a:443",
                             "1.2.3",
                             "256.1.1.1",
                             "b\xc3\xbc"
                             "cher.example",
                             name253 + "b",
                             label63 + "a.example",
                             std::string("a\0b", 3),
                             "a,DNS:b",
                             "[::1",
                             "a..",
                             "user@host"};
  for (const std::string& host : bad) EXPECT_FALSE(certifiable_name(host)) << host;
  EXPECT_FALSE(an_authority().issue("*.example.com", kNow));
  EXPECT_FALSE(an_authority().issue("WWW.example.com", kNow)) << "not as certifiable_name() gives it";
}

TEST(SecretText, IsEmptyOnceMoved) {
  SecretText one(std::string(100, 'k'));
  const SecretText two(std::move(one));
  EXPECT_EQ(two.view().size(), 100U);
  EXPECT_TRUE(one.view().empty());  // NOLINT(bugprone-use-after-move): that is what is asked
}

TEST(DerOf, IsTheCertificateInPem) {
  const std::string pem = an_authority().certificate_pem();
  const auto der = der_of(pem, "ca.pem");
  ASSERT_TRUE(der);
  EXPECT_EQ(static_cast<unsigned char>(der->front()), 0x30);
  EXPECT_FALSE(der_of("nothing", "ca.pem"));
}

TEST(PemOf, LeavesOutWhatElseStandsThere) {
  const Authority authority = an_authority();
  const std::string pem = authority.certificate_pem();
  const SecretText key = authority.key_pem();
  const auto alone = pem_of("a line\n" + std::string(key.view()) + pem, "ca.pem");
  ASSERT_TRUE(alone);
  EXPECT_EQ(*alone, pem);
}

}  // namespace
}  // namespace mogura::certificate
