#pragma once

// Cookies that are not meant to come back. Beside the good cookie, a response may carry some that a browser
// drops, or keeps for pages that do not exist; which of them return tells what keeps them (measured:
// docs/guides/challenges/decoys.md). RFC 6265bis §4.1.3 and §5.7 (prefixes, SameSite), CHIPS (Partitioned),
// RFC 6265 §5.1.4 (Path) and §5.3 (Max-Age before Expires). Pure; any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mogura::challenge {

// All values of ours. The first two are the good ones: for plain HTTP, and for HTTPS.
enum class CookieKind : std::uint8_t {
  kPlain,
  kSecure,             // __Host-…; Secure
  kHostPrefix,         // __Host-… without Secure
  kNoneWithoutSecure,  // SameSite=None without Secure
  kPartitioned,        // Partitioned without Secure
  kPath,               // for a path that nobody asks for
  kConflict,           // Max-Age in the future, Expires in the past: this one is to come back
  // No cookies: ends of paths of ours (challenge/own_answer.h), and an entity tag (challenge/validators.h).
  kPreload,
  kReport,
  kRefresh,
  kValidator,
};
inline constexpr std::size_t kCookieKinds = 7;
inline constexpr std::array<CookieKind, 5> kDecoyKinds{
    CookieKind::kHostPrefix, CookieKind::kNoneWithoutSecure, CookieKind::kPartitioned, CookieKind::kPath,
    CookieKind::kConflict};
// In what values are made of, in documents: "plain", "secure", "host-prefix", "none", "partitioned", "path",
// "conflict"; "preload", "report", "refresh", "validator".
std::string_view name_of(CookieKind kind);

// Which decoys came back; one bit each, in the order of kDecoyKinds.
using DecoyMask = std::uint8_t;
constexpr DecoyMask bit_of(CookieKind decoy) {
  return static_cast<DecoyMask>(1U << (static_cast<unsigned>(decoy) - 2U));
}
inline constexpr DecoyMask kAllDecoys = (1U << kDecoyKinds.size()) - 1;

// What keeps cookies so.
enum class JarFamily : std::uint8_t {
  kStandard,     // browsers
  kCurlLike,     // knows prefixes, not the rules about Secure
  kNaive,        // knows neither: wget, requests, most libraries
  kHandWritten,  // sends what it was given, wherever
};
JarFamily family_of(DecoyMask returned);
std::string_view name_of(JarFamily family);  // "standard", "curl-like", "naive", "hand-written"

// The decoys that no browser of this User-Agent returns; 0 where it names no current browser. What is not
// known for certain of an engine or a version is left out.
DecoyMask forbidden_for(std::string_view user_agent);

// A sentence for people; `forbidden`: what the User-Agent promises not to return.
std::string describe(DecoyMask returned, DecoyMask forbidden);

}  // namespace mogura::challenge
