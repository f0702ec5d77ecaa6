#include "certificate/fault.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <chrono>
#include <string>

#include "certificate/detail/leaf.h"
#include "certificate/detail/openssl.h"

namespace mogura::certificate {
namespace {

using detail::KeyPtr;
using detail::X509Ptr;

// OpenSSL looks at the clock for the authority's own certificate, so that one is good for long.
constexpr std::chrono::days kTwentyYears{7300};

// An authority, a server's certificate, and what the authority says about it.
class StapleTest : public testing::Test {
 protected:
  StapleTest() : store_(X509_STORE_new()) { X509_STORE_add_cert(store_, root_.get()); }
  ~StapleTest() override { X509_STORE_free(store_); }

  struct Said {
    int status = V_OCSP_CERTSTATUS_GOOD;
    const EVP_MD* digest = EVP_sha1();
    std::chrono::seconds from{-60}, until{3600};
    bool has_until = true;
  };
  std::string response(const Said& said, X509* about, X509* signer, EVP_PKEY* key) const {
    OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
    OCSP_CERTID* const id = OCSP_cert_to_id(said.digest, about, root_.get());
    ASN1_TIME* const from = ASN1_TIME_adj(nullptr, seconds(), 0, said.from.count());
    ASN1_TIME* const until =
        said.has_until ? ASN1_TIME_adj(nullptr, seconds(), 0, said.until.count()) : nullptr;
    OCSP_basic_add1_status(basic, id, said.status, 0, from, from, until);
    OCSP_basic_sign(basic, signer, key, EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE* const response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char* bytes = nullptr;
    const int size = i2d_OCSP_RESPONSE(response, &bytes);
    std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    OCSP_CERTID_free(id);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    return der;
  }
  std::string response(const Said& said) const {
    return response(said, leaf_.get(), root_.get(), key_.get());
  }
  Staple judge(const std::string& der) const {
    return judge_staple(as_bytes(der), leaf_.get(), root_.get(), nullptr, store_, now_);
  }
  [[nodiscard]] static time_t seconds() { return kNow; }

  static constexpr time_t kNow = 1'700'000'000;  // 2023-11-14
  const Timestamp now_ = Timestamp(std::chrono::seconds(kNow));
  const KeyPtr key_ = detail::make_key();
  const X509Ptr root_ = detail::make_root("Example CA", key_.get(), kTwentyYears, now_);
  const X509Ptr leaf_ = detail::make_leaf("www.example.com", key_.get(), root_.get(), key_.get(), now_);
  X509_STORE* const store_;
};

TEST_F(StapleTest, WhatTheIssuerSaysCounts) {
  EXPECT_EQ(judge(response({})), Staple::kUsable);
  EXPECT_EQ(judge(response({.status = V_OCSP_CERTSTATUS_REVOKED})), Staple::kRevoked);
  EXPECT_EQ(judge(response({.status = V_OCSP_CERTSTATUS_UNKNOWN})), Staple::kUnusable);
  EXPECT_EQ(judge(response({.status = V_OCSP_CERTSTATUS_REVOKED, .digest = EVP_sha256()})), Staple::kRevoked);
}

TEST_F(StapleTest, WhatIsNotOfNowDoesNot) {
  const int revoked = V_OCSP_CERTSTATUS_REVOKED;
  using std::chrono::seconds;
  EXPECT_EQ(judge(response({.status = revoked, .from = seconds(240)})), Staple::kRevoked) << "clocks differ";
  EXPECT_EQ(judge(response({.status = revoked, .from = seconds(400)})), Staple::kUnusable);
  EXPECT_EQ(judge(response({.status = revoked, .from = seconds(-900), .until = seconds(-240)})),
            Staple::kRevoked);
  EXPECT_EQ(judge(response({.status = revoked, .from = seconds(-900), .until = seconds(-400)})),
            Staple::kUnusable);
  EXPECT_EQ(judge(response({.status = revoked, .has_until = false})), Staple::kRevoked);
  EXPECT_EQ(judge(response({.status = revoked, .from = std::chrono::days(-15), .has_until = false})),
            Staple::kUnusable);
}

TEST_F(StapleTest, WhatAnotherSaysOrIsAboutAnotherDoesNot) {
  const Said revoked{.status = V_OCSP_CERTSTATUS_REVOKED};
  const KeyPtr other_key = detail::make_key();
  const X509Ptr other = detail::make_root("Other CA", other_key.get(), kTwentyYears, now_);
  EXPECT_EQ(judge(response(revoked, leaf_.get(), other.get(), other_key.get())), Staple::kUnusable);
  const X509Ptr second = detail::make_leaf("www.example.com", key_.get(), root_.get(), key_.get(), now_);
  EXPECT_EQ(judge(response(revoked, second.get(), root_.get(), key_.get())), Staple::kUnusable);
  EXPECT_EQ(judge_staple(as_bytes(response(revoked)), leaf_.get(), nullptr, nullptr, store_, now_),
            Staple::kUnusable);
}

TEST_F(StapleTest, WhateverIsCutOrChangedIsNoStaple) {
  const std::string der = response({.status = V_OCSP_CERTSTATUS_REVOKED});
  for (std::size_t size = 0; size < der.size(); ++size) {
    ASSERT_EQ(judge(der.substr(0, size)), Staple::kUnusable) << size;
  }
  std::string changed = der;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  EXPECT_NE(judge(changed), Staple::kUsable);
}

TEST_F(StapleTest, ACertificateMayDemandOne) {
  EXPECT_FALSE(demands_staple(leaf_.get()));
  const X509Ptr other = detail::make_leaf("a.example", key_.get(), root_.get(), key_.get(), now_);
  const detail::ExtensionPtr feature(X509V3_EXT_conf_nid(nullptr, nullptr, NID_tlsfeature, "status_request"));
  X509_add_ext(other.get(), feature.get(), -1);
  EXPECT_TRUE(demands_staple(other.get()));
}

TEST(Fault, EveryOneHasANameAndASentenceOfItsOwn) {
  std::string names, sentences;
  for (std::size_t i = 0; i < kFaults; ++i) {
    const auto fault = static_cast<Fault>(i);
    EXPECT_EQ(names.find("|" + std::string(name_of(fault)) + "|"), std::string::npos) << i;
    EXPECT_EQ(sentences.find("|" + std::string(sentence_of(fault)) + "|"), std::string::npos) << i;
    names += "|" + std::string(name_of(fault)) + "|";
    sentences += "|" + std::string(sentence_of(fault)) + "|";
  }
}

TEST(Fault, IsWhatOpenSslFound) {
  EXPECT_EQ(fault_of(X509_V_OK), Fault::kNone);
  EXPECT_EQ(fault_of(X509_V_ERR_CERT_HAS_EXPIRED), Fault::kExpired);
  EXPECT_EQ(fault_of(X509_V_ERR_HOSTNAME_MISMATCH), Fault::kWrongHost);
  EXPECT_EQ(fault_of(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT), Fault::kSelfSigned);
  EXPECT_EQ(fault_of(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY), Fault::kUnknownIssuer);
  EXPECT_EQ(fault_of(X509_V_ERR_EE_KEY_TOO_SMALL), Fault::kWeak);
  EXPECT_EQ(fault_of(X509_V_ERR_CA_MD_TOO_WEAK), Fault::kWeak);
  EXPECT_EQ(fault_of(X509_V_ERR_INVALID_PURPOSE), Fault::kPurpose);
  EXPECT_EQ(fault_of(X509_V_ERR_UNSPECIFIED), Fault::kInvalid);
}

}  // namespace
}  // namespace mogura::certificate
