#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mogura::challenge {

// Why a request is not judged, or a response gets no cookie. name_of() is `reason` in events and a label of
// metrics.
enum class Reason : std::uint8_t {
  kNone,
  kOff,
  kExempt,   // an entry of an allow list
  kConnect,  // a tunnel has no head of ours to put a cookie into
  kMethod,   // of no use here: OPTIONS (preflights), TRACE, …
  kUpgrade,
  kCrossSite,           // Referer, Origin or Sec-Fetch-Site of another site: browsers send no cookie there
  kCrossOriginRequest,  // CORS: Origin of another origin, or Sec-Fetch-Mode: cors to another origin
  kBareSubResource,     // a browser's sub-resource without Referer: of which site, nobody knows
  kPrefetch,
  kReloadWithoutCookies,  // a browser's second load beside its jar (Firefox makes thumbnails so)
  kNameTaken,             // the origin uses a cookie of our name
  kNoHost,
  kStoreUnavailable,
  kInterim,      // 1xx
  kNotModified,  // 304: RFC 9111 §3.2 lets caches update stored fields from it
  kMaybeFramed,  // Referer of the same site: in a frame of another site's page, browsers return no cookie
  kOrdinary,     // the population knows it well: it is not asked (challenge/suspects.h)
};
inline constexpr std::size_t kReasons = 18;
std::string_view name_of(Reason reason);  // "off", "exempt", "connect", "method", "upgrade", "cross-site", …

}  // namespace mogura::challenge
