#include "base/network.h"

#include <gtest/gtest.h>

namespace mogura {
namespace {

TEST(Network, HoldsAddressesOfItsPrefixOnly) {
  const auto network = Network::parse("10.77.0.0/20");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*Address::parse("10.77.15.255")));
  EXPECT_FALSE(network->contains(*Address::parse("10.77.16.0")));
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "::/129", "name/8"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

TEST(Network, ContainsByPrefixInBothFamilies) {
  struct Case {
    const char* network;
    const char* address;
    bool is_inside;
    const char* why;
  };
  for (const Case& c : {
           Case{"0.0.0.0/0", "203.0.113.9", true, "everything of IPv4"},
           Case{"0.0.0.0/0", "2001:db8::1", false, "but nothing of IPv6"},
           Case{"::/0", "2001:db8::1", true, "everything of IPv6"},
           Case{"::/0", "10.0.0.1", false, "IPv4 is no part of it"},
           Case{"10.1.2.3", "10.1.2.3", true, "a network of one"},
           Case{"10.1.2.3", "10.1.2.2", false, ""},
           Case{"2001:db8:0:0:1::/65", "2001:db8::7fff:0:0:1", true, "bits behind the prefix do not count"},
           Case{"2001:db8::/65", "2001:db8:0:0:8000::1", false, "bit 65 differs"},
           Case{"fe80::/10", "febf::1", true, ""},
           Case{"fe80::/10", "fec0::1", false, ""},
           Case{"10.0.0.0/8", "::ffff:10.9.9.9", true, "IPv4-mapped is IPv4"},
       }) {
    EXPECT_EQ(Network::parse(c.network)->contains(*Address::parse(c.address)), c.is_inside)
        << c.network << " " << c.address << " " << c.why;
  }
}

TEST(Network, ToStringOfANetworkOfOneIsTheAddress) {
  EXPECT_EQ(Network::parse("10.1.2.3/32")->to_string(), "10.1.2.3");
  EXPECT_EQ(Network::parse("10.0.0.0/8")->to_string(), "10.0.0.0/8");
  EXPECT_EQ(Network::parse("2001:db8::/32")->to_string(), "2001:db8::/32");
}

}  // namespace
}  // namespace mogura
