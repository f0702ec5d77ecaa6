#include "challenge/hello_traits.h"

#include <algorithm>
#include <string>

#include "challenge/detail/passive_weights.h"
#include "challenge/detail/passive_words.h"

namespace mogura::challenge {
namespace {

constexpr std::uint16_t kRecordSizeLimit = 28;  // RFC 8449
constexpr std::uint16_t kAlpn = 16;             // RFC 7301
// Engines of 2022 and later; older ones are not judged.
constexpr unsigned kOldest = 100;

bool has(const std::vector<std::uint16_t>& values, std::uint16_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string_view words_for(HelloVerdict verdict) {
  switch (verdict) {
    case HelloVerdict::kNoGrease:
      return "has no GREASE among its cipher suites, which that engine always sends";
    case HelloVerdict::kGrease:
      return "has GREASE among its cipher suites, which that engine never sends";
    case HelloVerdict::kNoRecordSizeLimit:
      return "has no record_size_limit, which that engine always sends";
    case HelloVerdict::kNoAlpn:
      return "names no protocol (ALPN), which that engine always does";
    case HelloVerdict::kNothing:
    case HelloVerdict::kFits:
      break;
  }
  return {};
}

}  // namespace

bool names_known_engine(std::string_view user_agent) {
  const Family claimed = claimed_family(user_agent);
  return (claimed == Family::kChromium || claimed == Family::kFirefox) &&
         claimed_version(user_agent) >= kOldest;
}

HelloVerdict judge_hello(const protocol::ClientHello& hello, std::string_view user_agent) {
  if (!hello.is_complete || !names_known_engine(user_agent)) return HelloVerdict::kNothing;
  const bool is_chromium = claimed_family(user_agent) == Family::kChromium;
  const bool has_grease =
      std::any_of(hello.cipher_suites.begin(), hello.cipher_suites.end(), protocol::is_grease);
  if (is_chromium && !has_grease) return HelloVerdict::kNoGrease;
  if (!is_chromium && has_grease) return HelloVerdict::kGrease;
  if (!is_chromium && !has(hello.extensions, kRecordSizeLimit)) return HelloVerdict::kNoRecordSizeLimit;
  return has(hello.extensions, kAlpn) ? HelloVerdict::kFits : HelloVerdict::kNoAlpn;
}

std::optional<Evidence> judge_hellos(HelloVerdict verdict, Family claimed, std::uint64_t contradicting,
                                     std::uint64_t judged) {
  if (contradicting == 0 || judged == 0 || !contradicts(verdict)) return std::nullopt;
  const double ratio = std::min(1.0, static_cast<double>(contradicting) / static_cast<double>(judged));
  const double weight = detail::in_hundredths(detail::weights::kForeignHello * ratio);
  if (weight <= 0) return std::nullopt;
  return Evidence{"hello-not-of-claimed-engine",
                  detail::share(contradicting, judged, "connections") + ": the User-Agent says " +
                      std::string(name_of(claimed)) + ", but the TLS hello " +
                      std::string(words_for(verdict)),
                  weight, static_cast<double>(contradicting), 0.0};
}

}  // namespace mogura::challenge
