#include "challenge/decoys.h"

#include <gtest/gtest.h>

namespace mogura::challenge {
namespace {

using enum CookieKind;

DecoyMask mask(std::initializer_list<CookieKind> decoys) {
  DecoyMask all = 0;
  for (const CookieKind decoy : decoys) all |= bit_of(decoy);
  return all;
}

TEST(Decoys, EachHasABitOfItsOwn) {
  DecoyMask all = 0;
  for (const CookieKind decoy : kDecoyKinds) {
    EXPECT_EQ(all & bit_of(decoy), 0) << name_of(decoy);
    all |= bit_of(decoy);
  }
  EXPECT_EQ(all, kAllDecoys);
}

// What was measured of real programs: docs/guides/challenges/decoys.md.
TEST(Decoys, WhatComesBackNamesTheJar) {
  const struct {
    DecoyMask returned;
    JarFamily family;
    const char* who;
  } cases[] = {
      {mask({kConflict}), JarFamily::kStandard, "Chromium, Firefox"},
      {0, JarFamily::kStandard, "one that takes Expires for more than Max-Age"},
      {mask({kNoneWithoutSecure, kPartitioned, kConflict}), JarFamily::kCurlLike, "curl"},
      {mask({kHostPrefix, kNoneWithoutSecure, kPartitioned, kConflict}), JarFamily::kNaive, "requests"},
      {mask({kHostPrefix, kNoneWithoutSecure, kPartitioned}), JarFamily::kNaive, "wget"},
      {kAllDecoys, JarFamily::kHandWritten, "whatever it is given"},
      {mask({kPath}), JarFamily::kHandWritten, "a path is not its concern"},
  };
  for (const auto& each : cases) EXPECT_EQ(family_of(each.returned), each.family) << each.who;
}

TEST(Decoys, ForbiddenToWhatTheUserAgentNames) {
  const DecoyMask always = mask({kHostPrefix, kPath});
  const DecoyMask all = mask({kHostPrefix, kPath, kNoneWithoutSecure, kPartitioned});
  const struct {
    const char* user_agent;
    DecoyMask forbidden;
  } cases[] = {
      {"curl/7.88.1", 0},
      {"", 0},
      {"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", 0},
      {"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", 0},
      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.0.0 Safari/537.36",
       0},
      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 "
       "Safari/537.36",
       mask({kHostPrefix, kPath, kNoneWithoutSecure})},
      {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 "
       "Safari/537.36",
       all},
      {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", always},
      {"Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", all},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "Version/17.4 "
       "Safari/605.1.15",
       always},
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
       "CriOS/150.0.0.0 Mobile/15E148 Safari/604.1",
       always},
  };
  for (const auto& each : cases) EXPECT_EQ(forbidden_for(each.user_agent), each.forbidden) << each.user_agent;
}

TEST(Decoys, AreDescribed) {
  EXPECT_EQ(describe(mask({kConflict}), 0),
            "of the cookies that are not to come back, none did, as with browsers");
  EXPECT_EQ(
      describe(mask({kHostPrefix, kPath, kConflict}), mask({kHostPrefix})),
      "cookies came back that are to be dropped (__Host- without Secure; one for another path), as programs "
      "do that send whatever they were given; what the User-Agent names would not return them");
  EXPECT_EQ(
      describe(mask({kNoneWithoutSecure}), 0),
      "cookies came back that are to be dropped (SameSite=None without Secure), as curl does; the one whose "
      "Expires is over but not its Max-Age was lost, as in libraries older than RFC 6265");
}

}  // namespace
}  // namespace mogura::challenge
