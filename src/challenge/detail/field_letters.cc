#include "challenge/detail/field_letters.h"

#include "base/text.h"

namespace mogura::challenge::detail {
namespace {

using protocol::FieldId;

struct Letter {
  char letter;
  FieldId id;
  std::string_view name;  // as written in sentences
};

constexpr Letter kByField[] = {
    {'A', FieldId::kAccept, "Accept"},
    {'B', FieldId::kOther, "Range"},
    {'C', FieldId::kCookie, "Cookie"},
    {'D', FieldId::kSecFetchMode, "Sec-Fetch-…"},
    {'E', FieldId::kAcceptEncoding, "Accept-Encoding"},
    {'F', FieldId::kOther, "If-Range"},
    {'G', FieldId::kPragma, "Pragma"},
    {'H', FieldId::kHost, "Host"},
    {'I', FieldId::kIfNoneMatch, "If-None-Match"},
    {'J', FieldId::kTe, "TE"},
    {'K', FieldId::kConnection, "Connection"},
    {'L', FieldId::kAcceptLanguage, "Accept-Language"},
    {'M', FieldId::kIfModifiedSince, "If-Modified-Since"},
    {'N', FieldId::kCacheControl, "Cache-Control"},
    {'O', FieldId::kOrigin, "Origin"},
    {'P', FieldId::kProxyConnection, "Proxy-Connection"},
    {'Q', FieldId::kOther, "Sec-CH-…"},
    {'R', FieldId::kReferer, "Referer"},
    {'S', FieldId::kContentLength, "Content-Length"},
    {'T', FieldId::kContentType, "Content-Type"},
    {'U', FieldId::kUserAgent, "User-Agent"},
    {'V', FieldId::kVia, "Via"},
    {'W', FieldId::kUpgradeInsecureRequests, "Upgrade-Insecure-Requests"},
    {'X', FieldId::kOther, "X-Requested-With"},
    {'Z', FieldId::kAuthorization, "Authorization"},
    {'a', FieldId::kOther, "Access-Control-Request-…"},
    {'c', FieldId::kTransferEncoding, "Transfer-Encoding"},
    {'d', FieldId::kOther, "DNT"},
    {'e', FieldId::kExpect, "Expect"},
    {'k', FieldId::kKeepAlive, "Keep-Alive"},
    {'p', FieldId::kProxyAuthorization, "Proxy-Authorization"},
    {'u', FieldId::kUpgrade, "Upgrade"},
    {'w', FieldId::kOther, "Sec-WebSocket-…"},
    {'y', FieldId::kOther, "Priority"},
};

// By FieldId, made from the table above.
struct ById {
  char letters[static_cast<std::size_t>(FieldId::kVia) + 1] = {};
};
constexpr ById by_id() {
  ById made;
  for (char& letter : made.letters) letter = kOtherField;
  for (const Letter& entry : kByField) made.letters[static_cast<std::size_t>(entry.id)] = entry.letter;
  made.letters[static_cast<std::size_t>(FieldId::kSecFetchDest)] = 'D';
  made.letters[static_cast<std::size_t>(FieldId::kSecFetchSite)] = 'D';
  made.letters[static_cast<std::size_t>(FieldId::kOther)] = kOtherField;
  return made;
}
constexpr ById kById = by_id();

bool begins(std::string_view name, std::string_view lowered) {
  return name.size() >= lowered.size() && equals_ignoring_case(name.substr(0, lowered.size()), lowered);
}

// Client hints from before they were all named Sec-CH-….
bool is_old_hint(std::string_view name) {
  switch (name.size()) {
    case 3:
      return equals_ignoring_case(name, "dpr") || equals_ignoring_case(name, "rtt") ||
             equals_ignoring_case(name, "ect");
    case 8:
      return equals_ignoring_case(name, "downlink");
    case 13:
      return equals_ignoring_case(name, "device-memory");
    case 14:
      return equals_ignoring_case(name, "viewport-width");
    default:
      return false;
  }
}

char letter_of_sec(std::string_view name) {
  if (begins(name, "sec-fetch-")) return 'D';
  if (begins(name, "sec-ch-")) return 'Q';
  if (begins(name, "sec-websocket-")) return 'w';
  return equals_ignoring_case(name, "sec-gpc") ? 'd' : kOtherField;
}

char letter_of_other(std::string_view name) {
  if (is_old_hint(name)) return 'Q';
  switch (lower(name.front())) {
    case 'a':
      return begins(name, "access-control-request-") ? 'a' : kOtherField;
    case 'd':
      return equals_ignoring_case(name, "dnt") ? 'd' : kOtherField;
    case 'f':
      return equals_ignoring_case(name, "forwarded") ? 'V' : kOtherField;
    case 'i':
      return equals_ignoring_case(name, "if-range") ? 'F' : kOtherField;
    case 'p':
      return equals_ignoring_case(name, "priority") ? 'y' : kOtherField;
    case 'r':
      return equals_ignoring_case(name, "range") ? 'B' : kOtherField;
    case 's':
      return letter_of_sec(name);
    case 'x':
      if (equals_ignoring_case(name, "x-requested-with")) return 'X';
      return begins(name, "x-forwarded-") ? 'V' : kOtherField;
    default:
      return kOtherField;
  }
}

}  // namespace

char letter_of(std::string_view name, protocol::FieldId id) {
  if (id != FieldId::kOther) return kById.letters[static_cast<std::size_t>(id)];
  return name.empty() ? kOtherField : letter_of_other(name);
}

std::string_view field_of(char letter) {
  for (const Letter& entry : kByField) {
    if (entry.letter == letter) return entry.name;
  }
  return {};
}

}  // namespace mogura::challenge::detail
