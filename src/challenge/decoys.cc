#include "challenge/decoys.h"

#include "challenge/detail/judging.h"

namespace mogura::challenge {
namespace {

constexpr std::array<std::string_view, kCookieKinds + 4> kNames{
    "plain",    "secure",  "host-prefix", "none",    "partitioned", "path",
    "conflict", "preload", "report",      "refresh", "validator"};
constexpr std::array<std::string_view, kDecoyKinds.size()> kTexts{
    "__Host- without Secure", "SameSite=None without Secure", "Partitioned without Secure",
    "one for another path", "one whose Expires is over but not its Max-Age"};

constexpr DecoyMask kNoBrowserAtAll = bit_of(CookieKind::kHostPrefix) | bit_of(CookieKind::kPath);
constexpr DecoyMask kNeedsSecure = bit_of(CookieKind::kNoneWithoutSecure) | bit_of(CookieKind::kPartitioned);
// From which on they were seen to drop what lacks Secure. Chromium drops SameSite=None since 80 and knows
// Partitioned since 114, for everybody a little later; of Gecko, only what was measured is said.
constexpr unsigned kBlinkPartitioned = 120, kGeckoSecure = 153;

bool has(DecoyMask mask, CookieKind decoy) {
  return (mask & bit_of(decoy)) != 0;
}

std::string list_of(DecoyMask mask) {
  std::string text;
  for (std::size_t i = 0; i < kDecoyKinds.size(); ++i) {
    if (!has(mask, kDecoyKinds[i])) continue;
    if (!text.empty()) text += "; ";
    text += kTexts[i];
  }
  return text;
}

std::string_view who_keeps(JarFamily family) {
  switch (family) {
    case JarFamily::kStandard:
      return "as browsers do";
    case JarFamily::kCurlLike:
      return "as curl does";
    case JarFamily::kNaive:
      return "as the HTTP libraries of programs do";
    case JarFamily::kHandWritten:
      return "as programs do that send whatever they were given";
  }
  return "";
}

}  // namespace

std::string_view name_of(CookieKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(JarFamily family) {
  constexpr std::array<std::string_view, 4> names{"standard", "curl-like", "naive", "hand-written"};
  return names[static_cast<std::size_t>(family)];
}

JarFamily family_of(DecoyMask returned) {
  if (has(returned, CookieKind::kPath)) return JarFamily::kHandWritten;
  if (has(returned, CookieKind::kHostPrefix)) return JarFamily::kNaive;
  return (returned & kNeedsSecure) != 0 ? JarFamily::kCurlLike : JarFamily::kStandard;
}

DecoyMask forbidden_for(std::string_view user_agent) {
  if (detail::claim_of(user_agent) != Claim::kBrowser) return 0;
  if (const unsigned blink = detail::number_behind(user_agent, "Chrome/"); blink != 0) {
    return blink >= kBlinkPartitioned ? kNoBrowserAtAll | kNeedsSecure
                                      : kNoBrowserAtAll | bit_of(CookieKind::kNoneWithoutSecure);
  }
  const bool is_gecko = user_agent.find(" Gecko/") != std::string_view::npos;
  const bool is_measured = is_gecko && detail::number_behind(user_agent, "rv:") >= kGeckoSecure;
  return is_measured ? kNoBrowserAtAll | kNeedsSecure : kNoBrowserAtAll;
}

std::string describe(DecoyMask returned, DecoyMask forbidden) {
  const DecoyMask unwanted = returned & static_cast<DecoyMask>(~bit_of(CookieKind::kConflict));
  std::string text;
  if (unwanted == 0) {
    text = "of the cookies that are not to come back, none did, as with browsers";
  } else {
    text = "cookies came back that are to be dropped (" + list_of(unwanted) + "), " +
           std::string(who_keeps(family_of(returned)));
  }
  if ((unwanted & forbidden) != 0) text += "; what the User-Agent names would not return them";
  if (!has(returned, CookieKind::kConflict)) {
    text +=
        "; the one whose Expires is over but not its Max-Age was lost, as in libraries older than RFC 6265";
  }
  return text;
}

}  // namespace mogura::challenge
