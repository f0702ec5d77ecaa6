#include "proxy/detail/text_rules.h"

#include <gtest/gtest.h>

namespace mogura::proxy::detail {
namespace {

TEST(TextRules, TakeWhatCanBeUsed) {
  const std::string longest(64, 'a');
  const struct {
    const TextRule& rule;
    std::string text;
    bool is_good;
    const char* why;
  } cases[] = {
      {kFile, "", true, "no file"},
      {kFile, "/var/lib/mogura/a b", true, "any path"},
      {kPseudonym, "mogura-1.example", true, ""},
      {kPseudonym, longest, true, "the longest"},
      {kPseudonym, longest + "a", false, "one more"},
      {kPseudonym, "", false, "Via needs one"},
      {kPseudonym, "a b", false, "would end the pseudonym"},
      {kPseudonym, "a,b", false, "would begin another element"},
      {kPseudonym, "m\xC3\xB6we", false, "fields are ASCII"},
      {kRealm, "Main office, floor 2", true, ""},
      {kRealm, "", true, "an empty realm is one"},
      {kRealm, "a\"b", false, "would end the quoted string"},
      {kRealm, "a\\b", false, "would quote what follows"},
      {kRealm, std::string(129, 'r'), false, "too long"},
      {kCookieName, "ProxySessionID", true, ""},
      {kCookieName, "", false, "a cookie without a name"},
      {kCookieName, "a=b", false, "would be name and value"},
      {kCookieName, "a;b", false, "would be two cookies"},
      {kCookieName, "__Host-id", false, "browsers do not take it without TLS"},
      {kCookieName, "__SECURE-id", false, "in any case of the letters"},
      {kCookieName, "__hostid", true, "not a prefix"},
      {kInnerProtocol, "ssh", true, ""},
      {kInnerProtocol, "http2", true, ""},
      {kInnerProtocol, "tls", false, "passes anyway"},
      {kInnerProtocol, "unknown", false, "would be everything"},
      {kInnerProtocol, "none", false, "nobody has said anything"},
      {kInnerProtocol, "", false, ""},
      {kParent, "", true, "none"},
      {kParent, "proxy.example:3128", true, ""},
      {kParent, "192.0.2.1:8080", true, ""},
      {kParent, "[2001:db8::1]:8080", true, ""},
      {kParent, "proxy.example", false, "no port"},
      {kParent, "proxy.example:0", false, "no port to go to"},
      {kParent, "proxy.example:65536", false, "no such port"},
      {kParent, "2001:db8::1:8080", false, "where does the address end?"},
      {kParent, "[192.0.2.1]:80", false, "brackets are for IPv6"},
      {kParent, "http://proxy.example:3128", false, "no URL"},
      {kParent, "-o:80", false, "no name begins so"},
      {kParent, ":3128", false, "no host"},
      {kStore, "memory", true, ""},
      {kStore, "Memory", false, ""},
      {kStore, "", false, ""},
      {kStore, "redis://localhost", true, ""},
      {kStore, "redis://127.0.0.1:6379/0", true, ""},
      {kStore, "redis://[::1]:6379/15", true, ""},
      {kStore, "redis://:secret@localhost/1", true, "password alone"},
      {kStore, "redis://user:s:e@c@localhost:1/1", true, "a password may hold anything"},
      {kStore, "redis://user@localhost", false, "a user without a password"},
      {kStore, "redis://", false, "no host"},
      {kStore, "redis://localhost:0", false, "no port"},
      {kStore, "redis://localhost/x", false, "databases are numbers"},
      {kStore, "redis://:…@localhost", false, "what `config show` prints"},
      {kStore, "rediss://localhost", false, "no TLS"},
      {kMetricsPort, "", true, "none"},
      {kMetricsPort, "127.0.0.1:9115", true, ""},
      {kMetricsPort, "[::1]:0", true, "any port"},
      {kMetricsPort, "localhost:9115", false, "addresses only"},
  };
  for (const auto& [rule, text, is_good, why] : cases) {
    EXPECT_EQ(rule.complaint(text).empty(), is_good) << text << ": " << why << ": " << rule.complaint(text);
  }
}

TEST(TextRules, HidesThePasswordOfAStore) {
  EXPECT_EQ(without_password("memory"), "memory");
  EXPECT_EQ(without_password("redis://localhost:6379/0"), "redis://localhost:6379/0");
  EXPECT_EQ(without_password("redis://[::1]:6379"), "redis://[::1]:6379");
  EXPECT_EQ(without_password("redis://:secret@localhost/1"), "redis://:…@localhost/1");
  EXPECT_EQ(without_password("redis://me:a@b:c@[::1]:1/1"), "redis://me:…@[::1]:1/1");
}

}  // namespace
}  // namespace mogura::proxy::detail
