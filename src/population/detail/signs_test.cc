#include "population/detail/signs.h"

#include <gtest/gtest.h>

namespace mogura::population::detail {
namespace {

session::Session with_hello(std::string destination, std::string sni) {
  session::Session session;
  session.methods = {{"CONNECT", 1}};
  session.destination = std::move(destination);
  session.sni = std::move(sni);
  session.cipher_suites = "1301";
  session.alpn = {"h2"};
  return session;
}

TEST(Signs, OfSniAndTarget) {
  const struct {
    const char* destination;
    const char* sni;
    bool is_misfit;
    bool is_absent;
    const char* why;
  } rows[] = {
      {"www.example.com:443", "www.example.com", false, false, "the same name"},
      {"www.example.com:443", "WWW.example.com", false, false, "but for case"},
      {"www.example.com:443", "img.example.com", false, false, "the same registrable domain"},
      {"www.example.com:443", "www.example.net", true, false, "different domains"},
      {"www.example.com:443", "www.example.com.evil.net", true, false, "only the beginning is the same"},
      {"a.github.io:443", "b.github.io", true, false, "two customers of one hoster"},
      {"192.0.2.1:443", "www.example.com", false, false, "the target is an address"},
      {"[2001:db8::1]:443", "", false, false, "the target is an address, which is never in an SNI"},
      {"www.example.com:443", "", false, true, "no SNI, and the target is a name"},
  };
  for (const auto& row : rows) {
    const Signs signs = signs_of(with_hello(row.destination, row.sni)).signs;
    EXPECT_EQ(signs.has(Sign::kSniMisfit), row.is_misfit) << row.why;
    EXPECT_EQ(signs.has(Sign::kNoSni), row.is_absent) << row.why;
  }
}

TEST(Signs, OfTheOuterHelloOfEchSayNothingOfItsName) {
  session::Session session = with_hello("www.example.com:443", "cloud.example.net");
  session.ech_outer = true;
  EXPECT_FALSE(signs_of(session).signs.has(Sign::kSniMisfit));
}

TEST(Signs, OfAlpnAndRequests) {
  session::Session session = with_hello("a.example.com:443", "a.example.com");
  EXPECT_TRUE(signs_of(session).signs.has(Sign::kAlpn));
  EXPECT_TRUE(signs_of(session).signs.has(Sign::kRequest));
  session.alpn.clear();
  EXPECT_TRUE(signs_of(session).signs.has(Sign::kNoAlpn));
  EXPECT_EQ(signs_of(session::Session{}).signs, Signs{}) << "without a hello nothing is missing from it";
}

TEST(Signs, OfTheCertificate) {
  const struct {
    const char* subject;
    const char* issuer;
    bool is_misfit;
    bool is_self_signed;
    const char* why;
  } rows[] = {
      {"CN=www.example.com", "CN=CA", false, false, "the name itself"},
      {"CN=*.example.com,O=Example", "CN=CA", false, false, "a wildcard"},
      {"O=Example,CN=example.com", "CN=CA", false, false, "the registrable domain"},
      {"CN=*.example.net", "CN=CA", true, false, "another domain"},
      {"CN=vpn server", "CN=vpn server", true, true, "no host name, its own issuer"},
      {"O=Example", "O=Example", true, true, "no common name, its own issuer"},
      {"", "", false, false, "no certificate seen"},
  };
  for (const auto& row : rows) {
    session::Session session = with_hello("www.example.com:443", "www.example.com");
    session.cert_subject = row.subject;
    session.cert_issuer = row.issuer;
    const Signs signs = signs_of(session).signs;
    EXPECT_EQ(signs.has(Sign::kCertificateMisfit), row.is_misfit) << row.why;
    EXPECT_EQ(signs.has(Sign::kSelfSigned), row.is_self_signed) << row.why;
  }
}

TEST(Signs, NameTheCertificateThatDoesNotFit) {
  session::Session session = with_hello("www.example.com:443", "www.example.com");
  session.cert_subject = "O=Big,CN=VPN.example.net";
  EXPECT_EQ(signs_of(session).certificate_name, "vpn.example.net");
}

TEST(CommonName, IsReadByTheRulesOfRfc4514) {
  const struct {
    const char* subject;
    const char* name;
    const char* why;
  } rows[] = {
      {"CN=a.example", "a.example", "alone"},
      {"cn=a.example", "a.example", "small letters"},
      {"O=x\\,CN=no,CN=yes", "yes", "an escaped comma is no separator"},
      {"O=x, CN=a", "a", "a space after the comma"},
      {"OU=x+CN=a,O=y", "a", "one of several attributes at one place"},
      {"CN=a\\2cb\\+c", "a,b+c", "escapes in the value"},
      {"CN=a\\", "a\\", "ends in an escape"},
      {"O=x\\", "", "ends in an escape, no name"},
      {"O=x", "", "no name"},
      {"", "", "nothing"},
  };
  for (const auto& row : rows) EXPECT_EQ(common_name_of(row.subject), row.name) << row.why;
}

}  // namespace
}  // namespace mogura::population::detail
