#include "proxy/detail/special_address.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

TEST(SpecialAddress, TellsWhatLiesInside) {
  const struct {
    const char* address;
    const char* why;
  } cases[] = {
      {"0.0.0.0", "unspecified"},
      {"0.255.255.255", "this network, to its end"},
      {"127.0.0.1", "loopback"},
      {"127.255.255.254", "all of 127/8"},
      {"10.0.0.0", "private, first"},
      {"10.255.255.255", "private, last"},
      {"172.16.0.0", "private, first"},
      {"172.31.255.255", "private, last"},
      {"192.168.255.255", "private, last"},
      {"100.64.0.0", "shared space, first"},
      {"100.127.255.255", "shared space, last"},
      {"169.254.169.254", "where clouds keep their machines' secrets"},
      {"192.0.0.192", "protocol assignments"},
      {"224.0.0.1", "multicast, first"},
      {"239.255.255.255", "multicast, last"},
      {"240.0.0.1", "reserved"},
      {"255.255.255.255", "broadcast"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::7f00:1", "IPv4-compatible loopback"},
      {"::192.0.2.1", "IPv4-compatible, routed nowhere"},
      {"::ffff:127.0.0.1", "IPv4-mapped"},
      {"::ffff:10.0.0.1", "IPv4-mapped"},
      {"::ffff:0:10.0.0.1", "SIIT"},
      {"fe80::1", "link-local"},
      {"febf:ffff::1", "link-local, last"},
      {"fec0::1", "site-local"},
      {"feff::1", "site-local, last"},
      {"fc00::1", "unique local"},
      {"fdff:ffff::1", "unique local, last"},
      {"ff02::1", "multicast"},
      {"64:ff9b::10.0.0.1", "NAT64 of private"},
      {"64:ff9b::7f00:1", "NAT64 of loopback"},
      {"64:ff9b:1::c000:201", "local NAT64"},
      {"64:ff9b:1:ffff::1", "local NAT64, last"},
      {"2002:a00:1::1", "6to4 of 10.0.0.1"},
      {"2002:7f00:1::", "6to4 of loopback"},
      {"2002:c0a8:101:5::5", "6to4 of 192.168.1.1"},
      {"2001:0:a00:1::1", "Teredo, server 10.0.0.1"},
      {"2001:0:c000:201:0:0:f5ff:fffe", "Teredo, client 10.0.0.1"},
      {"2001:db8::5efe:10.0.0.1", "ISATAP of private"},
      {"2001:db8::200:5efe:127.0.0.1", "ISATAP, with the universal bit"},
  };
  for (const auto& [address, why] : cases) {
    const auto parsed = Address::parse(address);
    ASSERT_TRUE(parsed) << address;
    EXPECT_TRUE(is_inside(*parsed)) << address << ": " << why;
  }
}

TEST(SpecialAddress, LeavesEverythingElseOutside) {
  const struct {
    const char* address;
    const char* why;
  } cases[] = {
      {"1.0.0.0", "behind 0/8"},
      {"9.255.255.255", "before 10/8"},
      {"11.0.0.0", "behind it"},
      {"100.63.255.255", "before shared space"},
      {"100.128.0.0", "behind it"},
      {"126.255.255.255", "before loopback"},
      {"128.0.0.1", "behind it"},
      {"169.253.255.255", "before link-local"},
      {"169.255.0.0", "behind it"},
      {"172.15.255.255", "before 172.16/12"},
      {"172.32.0.0", "behind it"},
      {"192.0.1.0", "behind 192.0.0/24"},
      {"192.0.2.1", "documentation"},
      {"192.167.255.255", "before 192.168/16"},
      {"192.169.0.0", "behind it"},
      {"198.18.0.1", "benchmarks"},
      {"203.0.113.1", "documentation"},
      {"223.255.255.255", "before multicast"},
      {"::ffff:192.0.2.1", "IPv4-mapped"},
      {"::1:0:0:1", "before nothing that is named"},
      {"64:ff9b::c000:201", "NAT64 of 192.0.2.1"},
      {"2002:c000:201::1", "6to4 of 192.0.2.1"},
      {"2001:0:c000:201:0:0:3fff:fdfe", "Teredo, both 192.0.2.1"},
      {"2001:db8::5efe:192.0.2.1", "ISATAP of 192.0.2.1"},
      {"2001:db8::10.0.0.1", "only looks like it"},
      {"2001:db8::1", "documentation"},
      {"2606:4700::1111", ""},
      {"fe00::1", "before link-local"},
      {"fbff::1", "before unique local"},
  };
  for (const auto& [address, why] : cases) {
    const auto parsed = Address::parse(address);
    ASSERT_TRUE(parsed) << address;
    EXPECT_FALSE(is_inside(*parsed)) << address << ": " << why;
  }
}

}  // namespace
}  // namespace mogura::proxy::detail
