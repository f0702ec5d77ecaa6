#include "protocol/registrable_domain.h"

#include <gtest/gtest.h>

namespace mogura::protocol {
namespace {

TEST(RegistrableDomain, IsTheNameBelowThePublicSuffix) {
  const struct {
    const char* destination;
    const char* domain;
    const char* why;
  } rows[] = {
      {"www.example.com:443", "example.com", "one label above"},
      {"example.com:443", "example.com", "itself"},
      {"img.example.co.uk:443", "example.co.uk", "a suffix of two labels"},
      {"a.b.c.example.ac.jp:80", "example.ac.jp", "several labels above"},
      {"IMG.Example.COM:443", "example.com", "case does not matter"},
      {"www.example.com.:443", "example.com", "nor does a trailing dot"},
      {"www.example.com", "example.com", "no port"},
      {"co.uk:443", "co.uk", "a public suffix gives itself"},
      {"intranet:80", "intranet", "one label"},
      {"files.corp.lan:80", "corp.lan", "an unknown suffix counts as one label"},
      {"alice.github.io:443", "alice.github.io", "customers of one hoster are different"},
      {"192.0.2.7:8443", "192.0.2.7", "an IPv4 address"},
      {"[2001:db8::1]:443", "2001:db8::1", "an IPv6 address"},
      {"2001:db8::1", "2001:db8::1", "an IPv6 address without port"},
      {"[2001:db8::1", "2001:db8::1", "a bracket that never closes"},
      {"xn--mgbaal8b0b9b2b.example.org:1", "example.org", "IDN untouched"},
      {"", "", "nothing"},
      {".:80", ".", "only a dot"},
      {":80", "", "only a port"},
  };
  for (const auto& row : rows) EXPECT_EQ(registrable_domain(row.destination), row.domain) << row.why;
}

TEST(RegistrableDomain, OfWhatIsNoNameIsItself) {
  const std::string with_nul("a\0b.example.com", 15);
  EXPECT_EQ(registrable_domain(with_nul + ":443"), with_nul);
  const std::string too_long = std::string(300, 'x') + ".example.com";
  EXPECT_EQ(registrable_domain(too_long + ":443"), too_long);
}

TEST(IsAddress, TellsAddressesFromNames) {
  EXPECT_TRUE(is_address("192.0.2.1"));
  EXPECT_TRUE(is_address("2001:db8::1"));
  EXPECT_FALSE(is_address("example.com"));
  EXPECT_FALSE(is_address(""));
}

}  // namespace
}  // namespace mogura::protocol
