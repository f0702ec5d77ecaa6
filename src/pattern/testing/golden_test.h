#pragma once

// For tests: the patterns that are exported, and the texts that must come out (src/pattern/testdata).
// MOGURA_UPDATE_GOLDEN=1 writes them anew.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "pattern/exporters.h"
#include "pattern/testing/sessions.h"

namespace mogura::pattern::testing {

inline void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(MOGURA_SOURCE_DIR) + "/src/pattern/testdata/" + name;
  if (std::getenv("MOGURA_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(actual, expected) << name << ": run with MOGURA_UPDATE_GOLDEN=1 and read the difference";
}

// One of each kind, and one that is hostile.
inline std::vector<Pattern> sample_patterns() {
  using On = Condition::On;
  Condition body = condition(On::kLongBody);
  body.long_body = {Direction::kUp, 10};
  Condition rhythm = condition(On::kRhythm);
  rhythm.rhythm = {9, 11, 0.2};
  std::vector<Pattern> patterns;
  patterns.push_back(pattern_of(
      "ssh-in-connect-3f2a",
      {condition(On::kKind, "connect"), condition(On::kInner, "ssh"),
       bytes_at(Direction::kUp, 0, 0, "SSH-2.0-OpenSSH_"), bytes_at(Direction::kDown, 0, 0, "SSH-2.0-"),
       list_of(On::kAny, {length_of(Direction::kUp, 36, 10), condition(On::kUserAgent, "corkscrew*")})}));
  patterns.back().name = "SSH through the proxy";
  patterns.back().author = "m.sato";
  patterns.back().date = "2026-11-22";
  patterns.push_back(pattern_of(
      "openvpn-in-connect-0ede",
      {condition(On::kKind, "connect"),
       bytes_at(Direction::kUp, 0, 2, std::string("\x38..\x00", 4), std::string("\xff\0\0\xff", 4))}));
  patterns.push_back(
      pattern_of("stunnel-in-ssl-3c2c",
                 {condition(On::kKind, "ssl"), condition(On::kCipherSuites, "1302-1301"),
                  condition(On::kJa4, "t13d1516h2_8daaf6152771_02713d6af862"), condition(On::kNoUserAgent),
                  condition(On::kSni, "*.example.net"), length_of(Direction::kUp, 69, 1, 2)}));
  patterns.push_back(pattern_of(
      "httptunnel-in-get-post-47b4",
      {condition(On::kKind, "get-post"), condition(On::kMethod, "POST"), body,
       bytes_at(Direction::kUp, 0, 0, std::string("\x01\x00", 2)), bytes_at(Direction::kDown, {}, 0, "\x02"),
       condition(On::kDestination, "files.example:80")}));
  patterns.push_back(pattern_of("vnc-in-websocket-11aa",
                                {condition(On::kKind, "websocket"), bytes_at(Direction::kUp, 0, 0, "RFB "),
                                 bytes_at(Direction::kDown, 0, 0, "RFB 003.")}));
  patterns.push_back(
      pattern_of("beacon-10de", {condition(On::kUserAgent, "Mozilla/4.0 (compatible; MSIE 5.01*"), rhythm}));
  patterns.push_back(
      pattern_of("only-a-length", {condition(On::kKind, "connect"), length_of(Direction::kUp, 36, 10)}));
  patterns.push_back(pattern_of(
      "hostile-1",
      {condition(On::kKind, "connect"), condition(On::kDestination, "a\";)\n|x*?y\\:443"),
       condition(On::kUserAgent, "q\"; sid:1;)\nalert tcp"), bytes_at(Direction::kUp, 0, 0, "\";|\n/")}));
  patterns.back().name = "x\"; sid:1;)\n# y";
  patterns.back().author = "a\"\nlevel: low";
  patterns.back().note = "n\nlevel: low";
  return patterns;
}

}  // namespace mogura::pattern::testing
