#include "logs/detail/fingerprints.h"

#include <gtest/gtest.h>

namespace mogura::logs::detail {
namespace {

TEST(TlsVersionOf, KnowsTheNamesOfBothMonitors) {
  EXPECT_EQ(tls_version_of("TLSv13"), "TLS 1.3");
  EXPECT_EQ(tls_version_of("TLS 1.2"), "TLS 1.2");
  EXPECT_EQ(tls_version_of("TLSv1"), "TLS 1.0");
  EXPECT_EQ(tls_version_of("SSLv3"), "SSL 3.0");
  EXPECT_EQ(tls_version_of("UNDETERMINED"), "");
  EXPECT_EQ(tls_version_of(""), "");
}

TEST(CipherListOf, WritesHexadecimalWithoutGrease) {
  EXPECT_EQ(cipher_list_of("4865-4866-49195"), "1301-1302-c02b");
  EXPECT_EQ(cipher_list_of("0x1301,0xc02b"), "1301-c02b");
  EXPECT_EQ(cipher_list_of("2570,4865,64250"), "1301");
  EXPECT_EQ(cipher_list_of("53"), "0035");
}

TEST(CipherListOf, IsEmptyWhereOnePartIsNoNumber) {
  for (const char* text : {"", "4865-TLS_AES_256_GCM_SHA384", "65536", "4865--4866", "x"}) {
    EXPECT_EQ(cipher_list_of(text), "") << text;
  }
}

TEST(Ja3Text, GivesItsCipherListAndWhetherThereWasAlpn) {
  const std::string text = "771,4865-4866,0-23-16,29-23,0";
  EXPECT_EQ(ja3_cipher_list(text), "1301-1302");
  EXPECT_TRUE(ja3_has_alpn(text));
  EXPECT_FALSE(ja3_has_alpn("771,4865-16,0-23-116,16,0"));
  for (const char* cut : {"", "771", "771,"}) {
    EXPECT_EQ(ja3_cipher_list(cut), "") << cut;
    EXPECT_FALSE(ja3_has_alpn(cut)) << cut;
  }
}

}  // namespace
}  // namespace mogura::logs::detail
