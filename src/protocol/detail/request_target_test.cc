#include "protocol/detail/request_target.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::protocol::detail {
namespace {

TEST(StrictAuthority, TakesWhatEverybodyReadsTheSame) {
  for (const std::string_view text : {"a", "a.example", "a.example.", "A-b_c.example:1", "127.0.0.1:65535",
                                      "[::1]", "[2001:db8::1]:80", "a:", "a:00080"}) {
    EXPECT_TRUE(is_strict_authority(text, false)) << text;
  }
}

TEST(StrictAuthority, RefusesEverythingElse) {
  for (const std::string_view text :
       {"",     ".",    "a..", ":80",    "a:0",     "a:65536",     "a:000080", "a:x",   "a:80:80", "a:+80",
        "a:-1", "a b",  "a,b", "a%2e",   "u@a",     "a/",          "a?",       "a#",    "a\\",     "[",
        "[]",   "[::1", "::1", "[::1]x", "[::1%1]", "[127.0.0.1]", "[v1.x]",   "a\xff", "a;b",     "a!"}) {
    EXPECT_FALSE(is_strict_authority(text, false)) << text;
  }
  EXPECT_TRUE(is_strict_authority(std::string(255, 'a'), false));
  EXPECT_FALSE(is_strict_authority(std::string(256, 'a'), false));
}

TEST(StrictAuthority, AsksConnectForAPort) {
  EXPECT_TRUE(is_strict_authority("a:1", true));
  EXPECT_FALSE(is_strict_authority("a", true));
  EXPECT_FALSE(is_strict_authority("a:", true));
}

TEST(StrictAuthority, IsNormalisedAsOthersAre) {
  for (const std::string_view text :
       {"A.Example.", "a:8080", "[2001:DB8::0001]:1", "[::ffff:1.2.3.4]", "b:"}) {
    Authority authority{"before", 1};
    read_strict_authority(text, authority);
    EXPECT_EQ(authority, parse_authority(text)) << text;
  }
}

TEST(RequestTarget, IsOfAFormThatFitsTheMethod) {
  const struct {
    std::string_view method, target;
    bool is_good;
  } cases[] = {
      {"GET", "/", true},          {"GET", "/a?\\", true},       {"GET", "/\\", false},
      {"GET", "/#", false},        {"GET", "*", false},          {"OPTIONS", "*", true},
      {"GET", "a:1", false},       {"CONNECT", "a:1", true},     {"CONNECT", "/", false},
      {"GET", "x+y://a/b", true},  {"GET", "http:a", false},     {"GET", "http://", false},
      {"GET", "http://a", true},   {"GET", "http://a?", true},   {"GET", "http://u@a/", false},
      {"GET", "http://a#", false}, {"GET", "http://a\\", false}, {"GET", "1x://a/", false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(split_target(one.method, one.target).has_value(), one.is_good)
        << one.method << ' ' << one.target;
}

}  // namespace
}  // namespace mogura::protocol::detail
