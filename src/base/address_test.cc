#include "base/address.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

struct Case {
  const char* text;
  const char* normal;  // null: not an address
};

TEST(Address, ParsesAndWritesBothFamilies) {
  constexpr Case kCases[] = {
      {"10.0.0.1", "10.0.0.1"},
      {"255.255.255.255", "255.255.255.255"},
      {"2001:DB8:0:0::1", "2001:db8::1"},
      {"::", "::"},
      {"::1", "::1"},
      {"::ffff:10.0.0.1", "10.0.0.1"},  // IPv4-mapped is IPv4
      {"10.0.0.256", nullptr},
      {"10.0.0", nullptr},
      {"", nullptr},
      {"fe80::1%eth0", nullptr},
      {"[::1]", nullptr},
      {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", nullptr},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    const std::optional<Address> address = Address::parse(c.text);
    ASSERT_EQ(address.has_value(), c.normal != nullptr);
    if (address) {
      EXPECT_EQ(address->to_string(), c.normal);
    }
  }
}

TEST(Address, RefusesTextWithANulInside) {
  EXPECT_FALSE(Address::parse(std::string_view("10.0.0.1\0x", 10)));
}

TEST(Address, OrdersIpv4ByNumber) {
  EXPECT_LT(*Address::parse("9.255.255.255"), *Address::parse("10.0.0.0"));
  EXPECT_EQ(Address::v4(0x0A000001), *Address::parse("10.0.0.1"));
}

TEST(Address, OfAnyOtherNumberOfBytesIsUnspecified) {
  const std::uint8_t bytes[5] = {1, 2, 3, 4, 5};
  EXPECT_EQ(Address::from_bytes(bytes), Address());
}

TEST(Endpoint, IsReadAsItIsWritten) {
  for (const char* text : {"10.0.0.1:80", "[2001:db8::1]:443", "127.0.0.1:0", "[::1]:65535"}) {
    const auto endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->to_string(), text);
  }
  EXPECT_EQ(Endpoint::parse("[2001:DB8:0::1]:65535").value().to_string(), "[2001:db8::1]:65535");
  EXPECT_EQ(Endpoint::parse("[::ffff:192.0.2.1]:80").value().to_string(), "192.0.2.1:80");
  for (const char* text :
       {"", ":", "10.0.0.1", "10.0.0.1:", ":80", "::1:80", "[::1]", "[10.0.0.1]:80", "[]:80", "localhost:80",
        "10.0.0.1:65536", "10.0.0.1:+1", "10.0.0.1:80 ", " 10.0.0.1:80"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, PutsIpv6IntoBrackets) {
  EXPECT_EQ((Endpoint{*Address::parse("10.0.0.1"), 80}).to_string(), "10.0.0.1:80");
  EXPECT_EQ((Endpoint{*Address::parse("2001:db8::1"), 443}).to_string(), "[2001:db8::1]:443");
}

}  // namespace
}  // namespace mogura
