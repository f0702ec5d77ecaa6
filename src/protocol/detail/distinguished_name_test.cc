#include "protocol/detail/distinguished_name.h"

#include <gtest/gtest.h>

#include "protocol/detail/tls_test_bytes.h"

namespace mogura::protocol::detail {
namespace {

using test::Bytes;
using test::operator+;
using test::Exact;
using test::hex;
using test::sized;
using test::text;

constexpr std::uint8_t kUtf8 = 0x0C;
constexpr std::uint8_t kPrintable = 0x13;

// Short and long forms of lengths as DER wants them.
Bytes der(std::uint8_t tag, const Bytes& contents) {
  if (contents.size() < 128) return Bytes{tag} + sized(1, contents);
  return Bytes{tag, 0x82} + sized(2, contents);
}
Bytes attribute(const Bytes& oid, std::uint8_t tag, const Bytes& value) {
  return der(0x30, der(0x06, oid) + der(tag, value));
}
Bytes rdn(const Bytes& attributes) {
  return der(0x31, attributes);
}

const Bytes kCommonName = hex("55 04 03");
const Bytes kOrganisation = hex("55 04 0A");
const Bytes kUnit = hex("55 04 0B");

std::string name_of(const Bytes& rdn_sequence) {
  return distinguished_name(Exact(rdn_sequence).view());
}
std::string common_name_of(std::uint8_t tag, const Bytes& value) {
  return name_of(rdn(attribute(kCommonName, tag, value)));
}

struct ValueCase {
  const char* why;
  std::uint8_t tag;
  Bytes value;
  const char* expected;
};

TEST(DistinguishedName, TurnsEveryStringTypeIntoUtf8) {
  const ValueCase cases[] = {
      {"UTF8String", 0x0C, hex("4D C3 BC"), "CN=M\xC3\xBC"},
      {"UTF8String of four bytes each", 0x0C, hex("F0 9F A6 AB"), "CN=\xF0\x9F\xA6\xAB"},
      {"UTF8String with an impossible byte", 0x0C, hex("61 FF 62"),
       "CN=a\xEF\xBF\xBD"
       "b"},
      {"UTF8String with a character cut", 0x0C, hex("61 C3"), "CN=a\xEF\xBF\xBD"},
      {"UTF8String with an overlong NUL", 0x0C, hex("C0 80"), "CN=\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"UTF8String with a surrogate", 0x0C, hex("ED A0 80"), "CN=\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"PrintableString", 0x13, text("a.example"), "CN=a.example"},
      {"NumericString", 0x12, text("42"), "CN=42"},
      {"TeletexString, in fact Latin-1", 0x14, hex("4D FC"), "CN=M\xC3\xBC"},
      {"IA5String with a byte that is not ASCII", 0x16, hex("E9"), "CN=\xC3\xA9"},
      {"VisibleString", 0x1A, text("v"), "CN=v"},
      {"BMPString", 0x1E, hex("00 4D 00 FC 20 AC"), "CN=M\xC3\xBC\xE2\x82\xAC"},
      {"BMPString with a pair of surrogates", 0x1E, hex("D8 3E DD AB"), "CN=\xF0\x9F\xA6\xAB"},
      {"BMPString with half a pair", 0x1E, hex("D8 3E 00 61"),
       "CN=\xEF\xBF\xBD"
       "a"},
      {"BMPString of an odd length", 0x1E, hex("00 4D 00"), "CN=#1E03004D00"},
      {"UniversalString", 0x1C, hex("00 01 F9 AB"), "CN=\xF0\x9F\xA6\xAB"},
      {"UniversalString beyond Unicode", 0x1C, hex("00 11 00 00"), "CN=\xEF\xBF\xBD"},
      {"UniversalString of an odd length", 0x1C, hex("00 01 F9"), "CN=#1C030001F9"},
      {"not a string", 0x03, hex("00 AA"), "CN=#030200AA"},
      {"an empty value", 0x0C, {}, "CN="},
  };
  for (const ValueCase& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(common_name_of(c.tag, c.value), c.expected);
  }
}

TEST(DistinguishedName, EscapesAsRfc4514Wants) {
  const ValueCase cases[] = {
      {"specials anywhere", kUtf8, text("a,b+c\"d\\e<f>g;h"), R"(CN=a\,b\+c\"d\\e\<f\>g\;h)"},
      {"a number sign in front only", kUtf8, text("#a#"), "CN=\\#a#"},
      {"spaces at both ends", kUtf8, text("  a  "), "CN=\\  a \\ "},
      {"a single space", kUtf8, text(" "), "CN=\\ "},
      {"an equals sign need not be", kUtf8, text("a=b"), "CN=a=b"},
      {"NUL", kUtf8, hex("61 00 62"), "CN=a\\00b"},
      {"other control characters are left to the writer", kUtf8, hex("61 0A 1B"), "CN=a\n\x1B"},
  };
  for (const ValueCase& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(common_name_of(c.tag, c.value), c.expected);
  }
}

TEST(DistinguishedName, WritesTheMostSpecificFirst) {
  EXPECT_EQ(name_of(rdn(attribute(kOrganisation, kUtf8, text("x"))) +
                    rdn(attribute(kCommonName, kUtf8, text("a")))),
            "CN=a,O=x");
}

TEST(DistinguishedName, JoinsAMultiValuedRdnByPlus) {
  EXPECT_EQ(name_of(rdn(attribute(kOrganisation, kUtf8, text("x"))) +
                    rdn(attribute(kCommonName, kUtf8, text("a")) + attribute(kUnit, kUtf8, text("b")))),
            "OU=b+CN=a,O=x");
}

TEST(DistinguishedName, WritesUnknownTypesAsNumbersAndTheirValuesAsHex) {
  EXPECT_EQ(name_of(rdn(attribute(hex("2A 03 04 05"), kPrintable, text("odd")))), "1.2.3.4.5=#13036F6464");
}

TEST(DistinguishedName, KnowsTypesOutsideX520) {
  EXPECT_EQ(name_of(rdn(attribute(hex("2A 86 48 86 F7 0D 01 09 01"), 0x16, text("a@b"))) +
                    rdn(attribute(hex("09 92 26 89 93 F2 2C 64 01 19"), 0x16, text("org"))) +
                    rdn(attribute(hex("2B 06 01 04 01 82 37 3C 02 01 03"), kPrintable, text("DE")))),
            "jurisdictionC=DE,DC=org,emailAddress=a@b");
}

TEST(DistinguishedName, SkipsWhatIsNotAnAttributeAndEndsAtWhatIsNotAnRdn) {
  const Bytes good = rdn(attribute(kCommonName, kUtf8, text("a")));
  EXPECT_EQ(name_of({}), "");
  EXPECT_EQ(name_of(rdn({}) + good), "CN=a");
  EXPECT_EQ(name_of(rdn(der(0x30, hex("05 00"))) + good), "CN=a") << "no type";
  EXPECT_EQ(name_of(rdn(der(0x30, der(0x06, kUnit) + hex("0C 05 61"))) + good), "CN=a")
      << "a value that is cut";
  EXPECT_EQ(name_of(good + hex("30 00") + good), "CN=a");
}

TEST(DistinguishedName, GivesTheLastAttributesOfTooMany) {
  for (const std::size_t count : {kNameAttributes - 1, kNameAttributes, kNameAttributes + 1}) {
    Bytes sequence;
    for (std::size_t i = 0; i < count; ++i) {
      sequence = std::move(sequence) + rdn(attribute(kUnit, kUtf8, text(std::to_string(i))));
    }
    const std::string name = name_of(sequence);
    EXPECT_EQ(name.find("OU=" + std::to_string(count - 1) + ","), 0u);
    EXPECT_EQ(name.ends_with(",OU=0"), count <= kNameAttributes) << count;
  }
}

TEST(DistinguishedName, CutsALongTextAtAWholeCharacter) {
  for (const std::size_t extra : {0u, 1u, 2u}) {
    Bytes value(kNameBytes - 4 + extra, 'a');
    value = std::move(value) + hex("C3 BC");
    const std::string name = common_name_of(kUtf8, value);  // "CN=", the letters, two bytes
    EXPECT_EQ(name.size(), extra == 0 ? kNameBytes - 1 : kNameBytes) << extra;
    EXPECT_EQ(name.back(), 'a');
  }
  EXPECT_EQ(common_name_of(kUtf8, Bytes(kNameBytes - 3, 'a')).size(), kNameBytes);
}

TEST(DottedOid, WritesNumbersOfAnySize) {
  const struct {
    const char* why;
    Bytes oid;
    const char* expected;
  } cases[] = {
      {"two numbers in one byte", hex("55 04 03"), "2.5.4.3"},
      {"a second number above 39 belongs to root 2", hex("88 37"), "2.999"},
      {"0.9", hex("09 92 26"), "0.9.2342"},
      {"nothing", {}, ""},
      {"a number that is cut", hex("55 84"), ""},
      {"a number beyond 64 bits", hex("55 FF FF FF FF FF FF FF FF FF FF 01"), ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    EXPECT_EQ(dotted_oid(c.oid), c.expected);
  }
}

}  // namespace
}  // namespace mogura::protocol::detail
