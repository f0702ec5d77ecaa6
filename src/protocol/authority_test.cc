#include "protocol/authority.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mogura::protocol {
namespace {

TEST(Authority, IsTakenApartAndNormalised) {
  const struct {
    const char* why;
    std::string_view text;
    std::string_view host;
    unsigned port;
  } cases[] = {
      {"the ordinary", "example.com:443", "example.com", 443},
      {"no port", "example.com", "example.com", 0},
      {"odd case", "Example.COM:8443", "example.com", 8443},
      {"a trailing dot", "example.com.:443", "example.com", 443},
      {"a trailing dot without port", "example.com.", "example.com", 0},
      {"nothing but a dot", ".", ".", 0},
      {"two dots are no name, and taking one off would make one", "example.com..:443", "example.com..", 443},
      {"an IPv4 address", "192.0.2.1:80", "192.0.2.1", 80},
      {"an IPv6 literal", "[2001:DB8:0::1]:443", "[2001:db8::1]", 443},
      {"an IPv6 literal without port", "[2001:db8::1]", "[2001:db8::1]", 0},
      {"an IPv4-mapped literal", "[::FFFF:192.0.2.1]:1", "[::ffff:192.0.2.1]", 1},
      {"brackets forgotten", "2001:db8::0:1", "[2001:db8::1]", 0},
      {"brackets forgotten, with a port", "1:2:3:4:5:6:7:8:443", "[1:2:3:4:5:6:7:8]", 443},
      {"a zone is no address; left alone", "[FE80::1%25eth0]:22", "[fe80::1%25eth0]", 22},
      {"an IPv4 address does not belong in brackets", "[192.0.2.1]:22", "[192.0.2.1]", 22},
      {"a bracket that does not close", "[2001:DB8::1", "[2001:db8::1", 0},
      {"text behind the bracket", "[::1]x:80", "[::1]", 0},
      {"user information", "user:p@ss@example.com:443", "example.com", 443},
      {"port 0", "a:0", "a", 0},
      {"the highest port", "a:65535", "a", 65535},
      {"a port too high", "a:65536", "a", 0},
      {"a port that is a word", "a:https", "a", 0},
      {"a signed port", "a:+80", "a", 0},
      {"an empty port", "a:", "a", 0},
      {"leading zeros", "a:00443", "a", 443},
      {"an empty host", ":443", "", 443},
      {"many colons", "A:b:c", "a:b:c", 0},
      {"percent-encoding is left alone", "ex%41mple.com:1", "ex%41mple.com", 1},
      {"control bytes are left alone", "a\x01\x1b[b:1", "a\x01\x1b[b", 1},
      {"spaces around", " a:1 ", "a", 1},
      {"a URL where an authority should be", "https://Example.com:444/path", "example.com", 444},
      {"a slash behind", "host:25/", "host", 25},
      {"nothing", "", "", 0},
  };
  for (const auto& c : cases) {
    const Authority authority = parse_authority(c.text);
    EXPECT_EQ(authority.host, c.host) << c.why;
    EXPECT_EQ(authority.port, c.port) << c.why;
  }
}

TEST(Authority, CutsLongHosts) {
  for (const std::size_t size : {254u, 255u, 256u, 100'000u}) {
    const Authority authority = parse_authority(std::string(size, 'A') + ":443");
    EXPECT_EQ(authority.host, std::string(std::min<std::size_t>(size, kMaxHostBytes), 'a'));
    EXPECT_EQ(authority.port, 443);
  }
}

TEST(Authority, IsWrittenWithItsPort) {
  EXPECT_EQ((Authority{"a", 443}).to_string(), "a:443");
  EXPECT_EQ((Authority{"[::1]", 1}).to_string(), "[::1]:1");
  EXPECT_EQ((Authority{"a", 0}).to_string(), "a");
}

TEST(AbsoluteTarget, GivesAuthorityAndTheSchemesPort) {
  const struct {
    const char* why;
    std::string_view target;
    std::string_view text;
  } cases[] = {
      {"http", "http://Example.com/a?b", "example.com:80"},
      {"https", "HTTPS://example.com", "example.com:443"},
      {"web sockets", "ws://a/", "a:80"},
      {"secure web sockets", "wss://a/", "a:443"},
      {"a port", "http://a:8080/", "a:8080"},
      {"another scheme", "ftp://a/", "a"},
      {"IPv6", "http://[::1]:81/", "[::1]:81"},
      {"user information", "http://u:p@a/", "a:80"},
      {"a query at once", "http://a?x=@b", "a:80"},
      {"an at sign in the path", "http://a/@b", "a:80"},
      {"a URL in the query", "/redirect?to=http://a/", ""},
      {"origin-form", "/path", ""},
      {"asterisk-form", "*", ""},
      {"authority-form", "a:443", ""},
      {"no host", "http:///path", ""},
      {"no scheme", "://a", ""},
      {"nothing", "", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_absolute_target(c.target).to_string(), c.text) << c.why;
}

TEST(ForwardedClient, IsTheFirstAddress) {
  const struct {
    const char* why;
    std::string_view x_forwarded_for, forwarded, client;
  } cases[] = {
      {"one", "10.0.0.1", "", "10.0.0.1"},
      {"the first of many", " 10.0.0.1 , 10.0.0.2", "", "10.0.0.1"},
      {"with a port", "10.0.0.1:1234", "", "10.0.0.1"},
      {"IPv6", "2001:DB8::1", "", "2001:db8::1"},
      {"IPv6 with a port", "[2001:db8::1]:99, 10.0.0.1", "", "2001:db8::1"},
      {"quoted", "\"10.0.0.1\"", "", "10.0.0.1"},
      {"hidden", "unknown", "", ""},
      {"hidden in one field, told in the other", "unknown", "for=10.0.0.9", "10.0.0.9"},
      {"the newer field", "", "proto=http;For=\"[2001:db8::1]:4711\";by=10.0.0.3, for=10.0.0.2",
       "2001:db8::1"},
      {"a separator in quotes", "", "x=\"a;for=10.0.0.7\\\",\";for=10.0.0.8", "10.0.0.8"},
      {"an obfuscated node", "", "for=_hidden, for=10.0.0.2", ""},
      {"a quote that does not close", "", "for=\"10.0.0.1", ""},
      {"a bracket that does not close", "[::1", "", "::1"},
      {"a name", "client.example", "", ""},
      {"nothing", "", "", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(forwarded_client(c.x_forwarded_for, c.forwarded), c.client) << c.why;
}

}  // namespace
}  // namespace mogura::protocol
