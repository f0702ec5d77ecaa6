#include "identity/detail/names.h"

#include <gtest/gtest.h>

namespace mogura::identity::detail {
namespace {

TEST(IdentityNames, HostAndPortOfADestination) {
  struct Case {
    std::string_view destination, host, port, why;
  };
  for (const Case& c : {
           Case{"relay.example:443", "relay.example", "443", "the usual form"},
           {"relay.example", "relay.example", "", "no port"},
           {"relay.example.:443", "relay.example", "443", "the root's dot says nothing"},
           {"[2001:db8::1]:443", "2001:db8::1", "443", "brackets"},
           {"[2001:db8::1]", "2001:db8::1", "", "brackets without a port"},
           {"2001:db8::1", "2001:db8::1", "", "no brackets: all of it is the address"},
           {"[2001:db8", "2001:db8", "", "a bracket that nobody closed"},
           {"192.0.2.1:22", "192.0.2.1", "22", "IPv4"},
           {":443", "", "443", "no host"},
           {"", "", "", "nothing"},
       }) {
    EXPECT_EQ(host_of(c.destination), c.host) << c.why;
    EXPECT_EQ(port_of(c.destination), c.port) << c.why;
  }
}

TEST(IdentityNames, CommonNameOfADistinguishedName) {
  EXPECT_EQ(common_name_of("CN=www.example.com,O=Example"), "www.example.com");
  EXPECT_EQ(common_name_of("O=Example, CN=*.example.com"), "example.com");
  EXPECT_EQ(common_name_of("www.example.com"), "www.example.com");
  EXPECT_EQ(common_name_of("O=Only"), "O=Only");
  EXPECT_EQ(common_name_of(""), "");
}

TEST(IdentityNames, ComparisonsIgnoreCaseAndStayInside) {
  EXPECT_TRUE(has_at("abcDEF", 3, "def"));
  EXPECT_FALSE(has_at("abcDEF", 4, "def"));
  EXPECT_FALSE(has_at("abc", 9, ""));
  EXPECT_TRUE(contains_ignoring_case("the QUASAR server", "quasar"));
  EXPECT_FALSE(contains_ignoring_case("qua", "quasar"));
  EXPECT_TRUE(contains_ignoring_case("", ""));
  EXPECT_EQ(lower("AbC-1"), "abc-1");
}

}  // namespace
}  // namespace mogura::identity::detail
