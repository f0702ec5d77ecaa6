#include "protocol/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/detail/handshake_collector.h"
#include "protocol/detail/tls_test_bytes.h"

namespace mogura::protocol {
namespace {

using test::alpn;
using test::Bytes;
using test::operator+;
using test::client_hello;
using test::client_hello_around;
using test::Exact;
using test::extension;
using test::hex;
using test::numbers;
using test::server_hello;
using test::server_name;
using test::sized;
using test::text;
using test::u16;
using testing::ElementsAre;
using testing::IsEmpty;

ClientHello parse_client(const Bytes& body) {
  ClientHello hello;
  const Exact exact(body);
  EXPECT_EQ(parse_client_hello(exact.view(), hello), hello.is_complete);
  return hello;
}

ServerHello parse_server(const Bytes& body) {
  ServerHello hello;
  const Exact exact(body);
  EXPECT_EQ(parse_server_hello(exact.view(), hello), hello.is_complete);
  return hello;
}

Bytes recorded_body(const std::string& file) {
  const Bytes stream = test::recorded(file);
  return text(detail::collect_handshake(stream, {}).messages.at(0).second);
}

TEST(TlsGrease, IsTheSixteenValuesOfRfc8701) {
  unsigned count = 0;
  for (unsigned value = 0; value <= 0xFFFF; ++value) count += is_grease(static_cast<std::uint16_t>(value));
  EXPECT_EQ(count, 16u);
  EXPECT_TRUE(is_grease(0x0A0A));
  EXPECT_TRUE(is_grease(0xFAFA));
  EXPECT_FALSE(is_grease(0x0A1A)) << "two different bytes";
}

TEST(TlsClientHello, ReadsEveryFieldThatFingerprintsUse) {
  const ClientHello hello = parse_client(client_hello(
      {0x1A1A, 0x1301, 0xC02F},
      extension(0x2A2A, {}) + server_name("a.example") + extension(10, sized(2, numbers({0x3A3A, 29, 23}))) +
          extension(11, hex("02 00 01")) + extension(13, sized(2, numbers({0x0403, 0x0804}))) +
          alpn({"h2", "http/1.1"}) + extension(43, sized(1, numbers({0x4A4A, 0x0304, 0x0303}))) +
          extension(0xFE0D, hex("00 0001"))));

  EXPECT_TRUE(hello.is_complete);
  EXPECT_EQ(hello.legacy_version, 0x0303);
  EXPECT_EQ(hello.random[31], 0x5A);
  EXPECT_THAT(hello.cipher_suites, ElementsAre(0x1A1A, 0x1301, 0xC02F));
  EXPECT_THAT(hello.extensions, ElementsAre(0x2A2A, 0, 10, 11, 13, 16, 43, 0xFE0D));
  EXPECT_EQ(hello.server_name, "a.example");
  EXPECT_TRUE(hello.has_server_name);
  EXPECT_THAT(hello.groups, ElementsAre(0x3A3A, 29, 23));
  EXPECT_THAT(hello.point_formats, ElementsAre(0, 1));
  EXPECT_THAT(hello.signature_algorithms, ElementsAre(0x0403, 0x0804));
  EXPECT_THAT(hello.alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_THAT(hello.supported_versions, ElementsAre(0x4A4A, 0x0304, 0x0303));
  EXPECT_TRUE(hello.has_ech_outer);
}

struct ServerNameCase {
  const char* why;
  Bytes extensions;
  const char* name;
  bool is_there;
  bool is_complete;
};

TEST(TlsClientHello, FindsTheServerNameHoweverOddTheRestIs) {
  const Bytes odd_after = server_name("a.example");
  const ServerNameCase cases[] = {
      {"an ordinary one", server_name("a.example"), "a.example", true, true},
      {"none", alpn({"h2"}), "", false, true},
      {"an extension without contents", extension(0, {}), "", true, true},
      {"an empty name", server_name(""), "", true, true},
      {"an empty list", extension(0, hex("0000")), "", true, true},
      {"a name of another type first",
       extension(0, sized(2, hex("07") + sized(2, text("x")) + hex("00") + sized(2, text("a.example")))),
       "a.example", true, true},
      {"two names: the first counts",
       extension(0,
                 sized(2, hex("00") + sized(2, text("a.example")) + hex("00") + sized(2, text("b.example")))),
       "a.example", true, true},
      {"two extensions: the first that says something counts",
       server_name("") + server_name("a.example") + server_name("b.example"), "a.example", true, true},
      {"raw bytes, whatever they are", server_name(std::string_view("\xFF\0\n", 3)), nullptr, true, true},
      {"a name longer than its list", extension(0, hex("0004 00 0009 61")), "", true, false},
      {"a list shorter than its extension", extension(0, sized(2, hex("00 0001 61")) + hex("00")), "a", true,
       false},
      {"behind an extension whose list is odd", extension(10, hex("0003 001d 00")) + server_name("a.example"),
       "a.example", true, false},
      {"behind an extension whose list is too long for it",
       extension(13, hex("0009 0403")) + server_name("a.example"), "a.example", true, false},
  };
  for (const ServerNameCase& c : cases) {
    SCOPED_TRACE(c.why);
    const ClientHello hello = parse_client(client_hello({0x1301}, c.extensions));
    EXPECT_EQ(hello.server_name, c.name != nullptr ? std::string(c.name) : std::string("\xFF\0\n", 3));
    EXPECT_EQ(hello.has_server_name, c.is_there);
    EXPECT_EQ(hello.is_complete, c.is_complete);
  }
}

TEST(TlsClientHello, KeepsTheEvenPartOfAnOddCipherListAndGoesOnAtItsDeclaredEnd) {
  const ClientHello hello =
      parse_client(client_hello_around(hex("0005 1301 1302 13"), sized(2, server_name("hidden.example"))));
  EXPECT_THAT(hello.cipher_suites, ElementsAre(0x1301, 0x1302));
  EXPECT_EQ(hello.server_name, "hidden.example");
  EXPECT_FALSE(hello.is_complete);
}

TEST(TlsClientHello, KeepsWhatThereIsOfACipherListLongerThanTheMessage) {
  const ClientHello hello = parse_client(u16(0x0303) + Bytes(32, 0) + hex("00 0009 1301 c02f 00"));
  EXPECT_THAT(hello.cipher_suites, ElementsAre(0x1301, 0xC02F));
  EXPECT_FALSE(hello.is_complete);
}

TEST(TlsClientHello, ReadsMoreThan255Ciphers) {
  std::vector<std::uint16_t> suites(700);
  for (std::size_t i = 0; i < suites.size(); ++i) suites[i] = static_cast<std::uint16_t>(i);
  const ClientHello hello = parse_client(client_hello(suites, server_name("a.example")));
  EXPECT_EQ(hello.cipher_suites, suites);
  EXPECT_EQ(hello.server_name, "a.example");
  EXPECT_TRUE(hello.is_complete);
}

TEST(TlsClientHello, KeepsTheTypeOfAnExtensionLongerThanTheMessage) {
  const ClientHello hello =
      parse_client(client_hello({0x1301}, server_name("a.example") + hex("000a 0040 0004 001d 0017")));
  EXPECT_THAT(hello.extensions, ElementsAre(0, 10));
  EXPECT_EQ(hello.server_name, "a.example");
  EXPECT_THAT(hello.groups, ElementsAre(29, 23)) << "the list itself is whole";
  EXPECT_FALSE(hello.is_complete);
}

TEST(TlsClientHello, ListsAnExtensionTwiceAndBelievesTheFirst) {
  const ClientHello hello = parse_client(client_hello(
      {0x1301}, extension(10, sized(2, numbers({29}))) + extension(10, sized(2, numbers({23, 24}))) +
                    alpn({"h2"}) + alpn({"http/1.1"}) + extension(43, hex("02 0304")) +
                    extension(43, hex("02 0303"))));
  EXPECT_THAT(hello.extensions, ElementsAre(10, 10, 16, 16, 43, 43));
  EXPECT_THAT(hello.groups, ElementsAre(29));
  EXPECT_THAT(hello.alpn, ElementsAre("h2"));
  EXPECT_THAT(hello.supported_versions, ElementsAre(0x0304));
}

struct LengthCase {
  const char* why;
  Bytes body;
  bool is_complete;
};

TEST(TlsClientHello, IsCompleteOnlyIfAllLengthsAgree) {
  const Bytes suites = hex("0002 002f");
  const LengthCase cases[] = {
      {"no extensions at all, as SSL 3.0 clients send", client_hello_around(suites, {}, 0x0300), true},
      {"an empty extension block", client_hello_around(suites, hex("0000")), true},
      {"one byte behind the compression methods", client_hello_around(suites, hex("00")), false},
      {"a block shorter than the message", client_hello_around(suites, hex("0004 0017 0000 00")), false},
      {"a block longer than the message", client_hello_around(suites, hex("0009 0017 0000")), false},
      {"bytes in the block that are no extension", client_hello_around(suites, hex("0007 0017 0000 001700")),
       false},
      {"an ECH extension without a type", client_hello({0x1301}, extension(0xFE0D, {})), false},
      {"an ALPN name longer than the list", client_hello({0x1301}, extension(16, hex("0003 05 6832"))),
       false},
      {"an empty ALPN list", client_hello({0x1301}, extension(16, hex("0000"))), true},
  };
  for (const LengthCase& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(parse_client(c.body).is_complete, c.is_complete);
  }
}

TEST(TlsClientHello, TellsAnInnerEchFromAnOuterOne) {
  EXPECT_TRUE(parse_client(client_hello({0x1301}, extension(0xFE0D, hex("00")))).has_ech_outer);
  EXPECT_FALSE(parse_client(client_hello({0x1301}, extension(0xFE0D, hex("01")))).has_ech_outer);
}

TEST(TlsClientHello, ForgetsThePreviousHelloButNotTheRecordVersion) {
  ClientHello hello;
  hello.record_version = 0x0301;
  parse_client_hello(recorded_body("protocol_client_hello_fuzz/chromium.bin"), hello);
  parse_client_hello(client_hello({0x1301}, {}), hello);
  EXPECT_EQ(hello.record_version, 0x0301);
  EXPECT_THAT(hello.cipher_suites, ElementsAre(0x1301));
  EXPECT_THAT(hello.extensions, IsEmpty());
  EXPECT_THAT(hello.alpn, IsEmpty());
  EXPECT_EQ(hello.server_name, "");
  EXPECT_FALSE(hello.has_ech_outer);
}

// What a longer beginning of the same hello shows is what a shorter one showed, and more.
TEST(TlsClientHello, EveryTruncationGivesABeginningOfTheWhole) {
  const auto begins = [](const auto& whole, const auto& part) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
  };
  for (const std::string_view name : test::kRecordedClients) {
    SCOPED_TRACE(name);
    const Bytes body = recorded_body("protocol_client_hello_fuzz/" + std::string(name) + ".bin");
    const ClientHello whole = parse_client(body);
    EXPECT_TRUE(whole.is_complete);
    for (std::size_t size = 0; size < body.size(); ++size) {
      const ClientHello part =
          parse_client(Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size)));
      ASSERT_FALSE(part.is_complete && size != 0 && !part.extensions.empty()) << size;
      ASSERT_TRUE(begins(whole.cipher_suites, part.cipher_suites)) << size;
      ASSERT_TRUE(begins(whole.extensions, part.extensions)) << size;
      ASSERT_TRUE(part.server_name.empty() || part.server_name == whole.server_name) << size;
      ASSERT_TRUE(part.groups.empty() || part.groups == whole.groups) << size;
      ASSERT_TRUE(begins(whole.alpn, part.alpn)) << size;
    }
  }
}

TEST(TlsServerHello, ReadsTheChoiceOfTls13) {
  const ServerHello hello = parse_server(recorded_body("protocol_server_hello_fuzz/tls13.bin"));
  EXPECT_TRUE(hello.is_complete);
  EXPECT_EQ(hello.legacy_version, 0x0303);
  EXPECT_EQ(hello.selected_version, 0x0304);
  EXPECT_EQ(hello.version(), 0x0304);
  EXPECT_EQ(hello.cipher_suite, 0x1302);
  EXPECT_THAT(hello.extensions, ElementsAre(43, 51));
  EXPECT_FALSE(hello.is_hello_retry_request);
}

TEST(TlsServerHello, ReadsTheProtocolChosenBelowTls13) {
  const ServerHello hello = parse_server(recorded_body("protocol_server_hello_fuzz/tls12-chain-alpn.bin"));
  EXPECT_TRUE(hello.is_complete);
  EXPECT_EQ(hello.version(), 0x0303);
  EXPECT_EQ(hello.alpn, "h2");
}

TEST(TlsServerHello, TellsAHelloRetryRequestFromTheHelloAfterIt) {
  const Bytes stream = test::recorded("protocol_server_hello_fuzz/hello-retry.bin");
  const detail::CollectedHandshake handshake = detail::collect_handshake(stream, {});
  ASSERT_EQ(handshake.messages.size(), 2u);
  EXPECT_TRUE(parse_server(text(handshake.messages[0].second)).is_hello_retry_request);
  EXPECT_FALSE(parse_server(text(handshake.messages[1].second)).is_hello_retry_request);
}

TEST(TlsServerHello, IsCompleteOnlyIfAllLengthsAgree) {
  const LengthCase cases[] = {
      {"no extensions", server_hello({}), true},
      {"an empty block", server_hello(hex("0000")), true},
      {"a block longer than the message", server_hello(hex("0005 ff01 0001")), false},
      {"bytes behind the block", server_hello(hex("0005 ff01 0001 00 00")), false},
      {"a version of one byte", server_hello(sized(2, extension(43, hex("03")))), false},
      {"a version of three bytes", server_hello(sized(2, extension(43, hex("0304 00")))), false},
      {"two protocols chosen", server_hello(sized(2, alpn({"h2", "h3"}))), false},
  };
  for (const LengthCase& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(parse_server(c.body).is_complete, c.is_complete);
  }
}

TEST(TlsServerHello, EveryTruncationIsIncompleteAndKeepsWhatItHas) {
  const Bytes body = recorded_body("protocol_server_hello_fuzz/tls12-java.bin");
  const ServerHello whole = parse_server(body);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const ServerHello part =
        parse_server(Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_FALSE(part.is_complete && !part.extensions.empty()) << size;
    ASSERT_TRUE(part.cipher_suite == 0 || part.cipher_suite == whole.cipher_suite) << size;
    ASSERT_LE(part.extensions.size(), whole.extensions.size());
  }
}

}  // namespace
}  // namespace mogura::protocol
