#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "protocol/strict_head.h"

namespace mogura::protocol {
namespace {

struct Known {
  std::string_view name;
  FieldId id;
};

// By length, so that one look at the size leaves a few to compare with.
constexpr std::array kKnown{
    Known{"te", FieldId::kTe},
    Known{"via", FieldId::kVia},
    Known{"date", FieldId::kDate},
    Known{"host", FieldId::kHost},
    Known{"x-moz", FieldId::kPurpose},
    Known{"accept", FieldId::kAccept},
    Known{"cookie", FieldId::kCookie},
    Known{"expect", FieldId::kExpect},
    Known{"origin", FieldId::kOrigin},
    Known{"pragma", FieldId::kPragma},
    Known{"purpose", FieldId::kPurpose},
    Known{"referer", FieldId::kReferer},
    Known{"trailer", FieldId::kTrailer},
    Known{"upgrade", FieldId::kUpgrade},
    Known{"location", FieldId::kLocation},
    Known{"x-purpose", FieldId::kPurpose},
    Known{"connection", FieldId::kConnection},
    Known{"keep-alive", FieldId::kKeepAlive},
    Known{"set-cookie", FieldId::kSetCookie},
    Known{"user-agent", FieldId::kUserAgent},
    Known{"sec-purpose", FieldId::kPurpose},
    Known{"content-type", FieldId::kContentType},
    Known{"max-forwards", FieldId::kMaxForwards},
    Known{"authorization", FieldId::kAuthorization},
    Known{"cache-control", FieldId::kCacheControl},
    Known{"if-none-match", FieldId::kIfNoneMatch},
    Known{"content-length", FieldId::kContentLength},
    Known{"sec-fetch-dest", FieldId::kSecFetchDest},
    Known{"sec-fetch-mode", FieldId::kSecFetchMode},
    Known{"sec-fetch-site", FieldId::kSecFetchSite},
    Known{"accept-encoding", FieldId::kAcceptEncoding},
    Known{"accept-language", FieldId::kAcceptLanguage},
    Known{"proxy-connection", FieldId::kProxyConnection},
    Known{"if-modified-since", FieldId::kIfModifiedSince},
    Known{"transfer-encoding", FieldId::kTransferEncoding},
    Known{"proxy-authenticate", FieldId::kProxyAuthenticate},
    Known{"proxy-authorization", FieldId::kProxyAuthorization},
    Known{"upgrade-insecure-requests", FieldId::kUpgradeInsecureRequests},
};
static_assert(std::ranges::is_sorted(kKnown, {}, [](const Known& one) { return one.name.size(); }));

constexpr std::size_t kLongest = kKnown.back().name.size();

// kFirst[n]: the first of kKnown with n letters or more.
constexpr auto kFirst = [] {
  std::array<std::uint8_t, kLongest + 2> first{};
  for (std::size_t size = 0; size < first.size(); ++size) {
    while (first[size] < kKnown.size() && kKnown[first[size]].name.size() < size) ++first[size];
  }
  return first;
}();

// Eight letters at a time, made small by setting bit 5: in a token that changes "^" and "_" beside letters,
// and no known name has what they become.
std::uint64_t small_letters(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word | 0x2020202020202020u;
}

// Both of one size.
bool is_same(std::string_view token, std::string_view lowered) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const std::size_t size = token.size();
  if (size < kWord) return equals_ignoring_case(token, lowered);
  for (std::size_t i = 0; i + kWord < size; i += kWord) {
    if (small_letters(token.data() + i) != small_letters(lowered.data() + i)) return false;
  }
  const std::size_t last = size - kWord;
  return small_letters(token.data() + last) == small_letters(lowered.data() + last);
}

}  // namespace

FieldId field_id(std::string_view name) {
  const std::size_t size = name.size();
  if (size == 0 || size > kLongest) return FieldId::kOther;
  const char first = lower(name.front());
  for (std::size_t i = kFirst[size]; i < kFirst[size + 1]; ++i) {
    if (kKnown[i].name.front() == first && is_same(name, kKnown[i].name)) return kKnown[i].id;
  }
  return FieldId::kOther;
}

}  // namespace mogura::protocol
