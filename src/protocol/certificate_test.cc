#include <gtest/gtest.h>

#include "protocol/detail/handshake_collector.h"
#include "protocol/detail/tls_test_bytes.h"
#include "protocol/tls.h"

namespace mogura::protocol {
namespace {

using test::Bytes;
using test::operator+;
using test::Exact;
using test::hex;
using test::sized;
using test::text;

Bytes der(std::uint8_t tag, const Bytes& contents) {
  if (contents.size() < 128) return Bytes{tag} + sized(1, contents);
  return Bytes{tag, 0x82} + sized(2, contents);
}

Bytes common_name(std::string_view name) {
  return der(0x30, der(0x31, der(0x30, hex("06 03 55 04 03") + der(0x0C, text(name)))));
}

// TBSCertificate from the serial number on, with what comes in front of it and an empty rest.
Bytes certificate(const Bytes& front, const Bytes& issuer, const Bytes& subject) {
  const Bytes algorithm = der(0x30, hex("06 03 2A 03 04"));
  const Bytes body =
      front + der(0x02, hex("01")) + algorithm + issuer + der(0x30, {}) + subject + der(0x30, {});
  return der(0x30, der(0x30, body) + algorithm + hex("03 01 00"));
}

const Bytes kVersion3 = hex("A0 03 02 01 02");

CertificateNames parse_der(const Bytes& bytes) {
  return parse_certificate_der(Exact(bytes).view());
}

TEST(Certificate, GivesTheNamesOfARecordedOne) {
  const Bytes stream = test::recorded("protocol_server_hello_fuzz/tls12-java.bin");
  const detail::CollectedHandshake handshake = detail::collect_handshake(stream, {});
  ASSERT_EQ(handshake.messages.at(1).first, 11);
  const CertificateNames names = parse_certificate(as_bytes(handshake.messages[1].second));
  EXPECT_EQ(names.subject, "CN=api.sarquildax.com");
  EXPECT_EQ(names.issuer, "CN=Globetrust Lab Root R2,O=Globetrust Lab");
}

// The expected text is what `openssl x509 -nameopt RFC2253,utf8,-esc_msb` prints.
TEST(Certificate, WritesNamesAsOpensslDoes) {
  const CertificateNames names =
      parse_der(test::recorded("protocol_server_hello_fuzz/many-string-types.der"));
  EXPECT_EQ(
      names.subject,
      "UID=u,DC=org,serialNumber=42,emailAddress=who@example.org,CN=\\# retry.example.org,OU=second,OU=first,"
      "O=Beispiel\\, Inc. \\<x\\>\\;,L=M\xC3\xBCnchen,ST=Bayern,C=DE");
  EXPECT_EQ(names.issuer, names.subject);
}

TEST(Certificate, TakesTheFirstOfAChain) {
  const Bytes first = certificate(kVersion3, common_name("issuer"), common_name("first"));
  const Bytes second = certificate(kVersion3, common_name("root"), common_name("issuer"));
  const Bytes body = sized(3, sized(3, first) + sized(3, second));
  const CertificateNames names = parse_certificate(Exact(body).view());
  EXPECT_EQ(names.subject, "CN=first");
  EXPECT_EQ(names.issuer, "CN=issuer");
}

struct DerCase {
  const char* why;
  Bytes bytes;
  const char* subject;
  const char* issuer;
};

TEST(Certificate, GivesWhatNamesItCanRead) {
  const Bytes issuer = common_name("i");
  const Bytes subject = common_name("s");
  const Bytes whole = certificate(kVersion3, issuer, subject);
  const DerCase cases[] = {
      {"version 3", whole, "CN=s", "CN=i"},
      {"version 1, which has no version field", certificate({}, issuer, subject), "CN=s", "CN=i"},
      {"an empty subject", certificate(kVersion3, issuer, der(0x30, {})), "", "CN=i"},
      {"a subject of another tag", certificate(kVersion3, issuer, der(0x31, {})), "", "CN=i"},
      {"an issuer of another tag", certificate(kVersion3, der(0x31, {}), subject), "", ""},
      {"bytes behind the certificate", whole + hex("00 00"), "CN=s", "CN=i"},
      {"nothing", {}, "", ""},
      {"not a certificate", text("-----BEGIN CERTIFICATE-----"), "", ""},
      {"a sequence of indefinite length", hex("30 80 30 80"), "", ""},
      {"a length of five bytes", hex("30 85 00 00 00 00 01 00"), "", ""},
      {"a length of 4 GiB", hex("30 84 FF FF FF FF 30 84 FF FF FF FF 02 84 FF FF FF FF"), "", ""},
  };
  for (const DerCase& c : cases) {
    SCOPED_TRACE(c.why);
    const CertificateNames names = parse_der(c.bytes);
    EXPECT_EQ(names.subject, c.subject);
    EXPECT_EQ(names.issuer, c.issuer);
  }
}

TEST(Certificate, EveryTruncationGivesTheNamesThatAreWhole) {
  const Bytes body =
      sized(3, sized(3, certificate(kVersion3, common_name("issuer"), common_name("subject"))));
  bool had_issuer = false;
  bool had_subject = false;
  for (std::size_t size = 0; size <= body.size(); ++size) {
    const CertificateNames names = parse_certificate(Exact(ByteView(body).first(size)).view());
    ASSERT_TRUE(names.issuer.empty() ? !had_issuer : names.issuer == "CN=issuer") << size;
    ASSERT_TRUE(names.subject.empty() ? !had_subject : names.subject == "CN=subject") << size;
    had_issuer = !names.issuer.empty();
    had_subject = !names.subject.empty();
  }
  EXPECT_TRUE(had_issuer && had_subject);
}

}  // namespace
}  // namespace mogura::protocol
