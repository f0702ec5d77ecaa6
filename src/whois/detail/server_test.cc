#include "whois/detail/server.h"

#include <gtest/gtest.h>

namespace mogura::whois::detail {
namespace {

TEST(WhoisServer, ReadsWhatUsersAndServersWrite) {
  struct Case {
    std::string_view text, host;
    std::uint16_t port;
  };
  for (const Case& c : {
           Case{"whois.example", "whois.example", 43},
           {"WHOIS.Example:4343", "whois.example", 4343},
           {"whois://whois.example/x", "whois.example", 43},
           {"192.0.2.1:44", "192.0.2.1", 44},
           {"2001:db8::1", "2001:db8::1", 43},
           {"[2001:db8::1]", "2001:db8::1", 43},
           {"[2001:DB8::1]:44", "2001:db8::1", 44},
       }) {
    const auto server = server_in(c.text);
    ASSERT_TRUE(server.has_value()) << c.text;
    EXPECT_EQ(server->host, c.host) << c.text;
    EXPECT_EQ(server->port, c.port) << c.text;
    EXPECT_EQ(server_in(server->text()), server) << c.text;
  }
}

TEST(WhoisServer, RefusesTheRest) {
  for (const std::string_view text :
       {"", ":43", "a:", "a:0", "a:65536", "a:4x", "a b", "a\r\nb", "http://a", "rwhois://a", "-a", ".a",
        "a/b", "[::1", "[::1]x", "[::1]:", "[x]:1", "a:1:2", "\xe6\xa0\xaa"}) {
    EXPECT_FALSE(server_in(text).has_value()) << text;
  }
  EXPECT_TRUE(server_in(std::string(kHostBytes, 'a')).has_value());
  EXPECT_FALSE(server_in(std::string(kHostBytes + 1, 'a')).has_value());
}

TEST(WhoisServer, AQueryIsOneWord) {
  for (const std::string_view good : {"relay.example", "192.0.2.1", "2001:db8::/32", "AS64500", "a_b"}) {
    EXPECT_TRUE(is_query(good)) << good;
  }
  for (const std::string_view bad : {"", "a b", "a\r\nb", "a\n", "a\tb", "-h evil", "--", "\xe6\xa0\xaa"}) {
    EXPECT_FALSE(is_query(bad)) << bad;
  }
  EXPECT_FALSE(is_query(std::string_view("a\0b", 3)));
  EXPECT_TRUE(is_query(std::string(kQueryBytes, 'a')));
  EXPECT_FALSE(is_query(std::string(kQueryBytes + 1, 'a')));
}

TEST(WhoisServer, SomeServersWantMore) {
  EXPECT_EQ(query_line({"whois.example", 43}, "a.example"), "a.example\r\n");
  EXPECT_EQ(query_line({"whois.verisign-grs.com", 43}, "a.example"), "domain a.example\r\n");
  EXPECT_EQ(query_line({"whois.jprs.jp", 43}, "a.example"), "a.example/e\r\n");
  EXPECT_EQ(query_line({"whois.arin.net", 43}, "192.0.2.1"), "n + 192.0.2.1\r\n");
  EXPECT_EQ(query_line({"whois.arin.net", 43}, "a.example"), "a.example\r\n");
}

TEST(WhoisServer, KnowsWhatIsInside) {
  for (const std::string_view inside :
       {"0.0.0.0",         "10.1.2.3",    "100.64.0.1", "127.0.0.1",    "169.254.169.254", "172.16.0.1",
        "172.31.255.255",  "192.168.1.1", "192.0.2.1",  "198.51.100.1", "203.0.113.1",     "224.0.0.1",
        "255.255.255.255", "::",          "::1",        "::7f00:1",     "fe80::1",         "fc00::1",
        "fd12::1",         "fec0::1",     "ff02::1",    "2001:db8::1",  "2002:7f00:1::",   "64:ff9b::7f00:1",
        "::ffff:127.0.0.1"}) {
    const auto address = Address::parse(inside);
    ASSERT_TRUE(address.has_value()) << inside;
    EXPECT_FALSE(is_public(*address)) << inside;
  }
  for (const std::string_view outside :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255", "2600::1",
        "2a00::1", "::ffff:8.8.8.8"}) {
    const auto address = Address::parse(outside);
    ASSERT_TRUE(address.has_value()) << outside;
    EXPECT_TRUE(is_public(*address)) << outside;
  }
}

}  // namespace
}  // namespace mogura::whois::detail
