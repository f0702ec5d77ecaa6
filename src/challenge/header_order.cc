#include "challenge/header_order.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "challenge/detail/field_letters.h"
#include "challenge/detail/order_table.h"

namespace mogura::challenge {
namespace {

using detail::FamilyOrder;

// From these versions on, Sec-Fetch-… comes with every request on a trustworthy connection.
constexpr unsigned kFetchDataChromium = 80, kFetchDataFirefox = 90;

constexpr std::string_view kNames[] = {
    "Chromium", "Firefox",      "WinINet",       "WinHTTP",
    "libcurl",  "Wget",         "requests",      "urllib",
    "urllib3",  "http.client",  "java.net.http", "HttpURLConnection",
    "Node",     "Node's fetch", "Go's net/http", "Lynx",
    "apt",      "LWP",          "Safari",        "a program of its own",
};
static_assert(std::size(kNames) == kFamilies + 2);

struct Claim {
  std::string_view mark;
  Family family;
  bool is_anywhere = false;  // in the User-Agent; else at its beginning
};
// The first that applies.
constexpr Claim kClaims[] = {
    {"PowerShell/", Family::kUnknown, true},
    {"+http", Family::kUnknown, true},
    {"MSIE ", Family::kWinInet, true},
    {"Trident/", Family::kWinInet, true},
    {"Edge/", Family::kWinInet, true},
    {"Chrome/", Family::kChromium, true},
    {"Firefox/", Family::kFirefox, true},
    {"Safari/", Family::kSafari, true},
    {"curl/", Family::kLibcurl},
    {"git/", Family::kLibcurl},
    {"Wget/", Family::kWget},
    {"python-requests/", Family::kRequests},
    {"Python-urllib/", Family::kUrllib},
    {"python-urllib3/", Family::kUrllib3},
    {"Java-http-client/", Family::kJavaHttpClient},
    {"Java/", Family::kJavaUrlConnection},
    {"Go-http-client/", Family::kGo},
    {"Lynx/", Family::kLynx},
    {"Debian APT-HTTP/", Family::kApt},
    {"libwww-perl/", Family::kLwp},
    {"Microsoft-CryptoAPI/", Family::kWinHttp},
    {"Microsoft BITS/", Family::kWinHttp},
};

bool applies(const Claim& claim, std::string_view user_agent) {
  return claim.is_anywhere ? user_agent.find(claim.mark) != std::string_view::npos
                           : user_agent.starts_with(claim.mark);
}

char method_letter(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET",    "HEAD",    "POST",    "PUT",
                                           "DELETE", "OPTIONS", "CONNECT", "PATCH"};
  constexpr std::string_view kLetters = "ghpudoca";
  const auto* const found = std::find(std::begin(kMethods), std::end(kMethods), method);
  return found == std::end(kMethods) ? 'x' : kLetters[static_cast<std::size_t>(found - std::begin(kMethods))];
}

bool has_all(const HeaderOrder& order, std::string_view required, bool is_relayed) {
  return std::all_of(required.begin(), required.end(), [&](char letter) {
    return order.has(letter) || (is_relayed && detail::is_relays_own(letter));
  });
}

bool fits_row(const HeaderOrder& order, Wire wire, const FamilyOrder& row, bool is_relayed) {
  return (row.wires >> static_cast<unsigned>(wire) & 1u) != 0 && has_all(order, row.required, is_relayed) &&
         detail::fits_pattern(order.letters(), row.pattern, is_relayed);
}

bool is_measured_browser(Family family) {
  return family == Family::kChromium || family == Family::kFirefox;
}

bool lacks_fetch_data(const HeaderOrder& order, Wire wire, Family claimed, std::string_view user_agent) {
  // Chromium's WebSocket handshakes have none.
  if (wire == Wire::kPlain || wire == Wire::kConnect || order.has('D') || order.has('w')) return false;
  const unsigned oldest = claimed == Family::kChromium ? kFetchDataChromium : kFetchDataFirefox;
  return is_measured_browser(claimed) && claimed_version(user_agent) >= oldest;
}

unsigned number_behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = text.substr(at + mark.size());
  unsigned number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

Wire wire_of(const protocol::RequestHead& head, bool is_encrypted, bool is_http2) {
  if (head.method() == "CONNECT") return Wire::kConnect;
  if (is_http2) return Wire::kHttp2;
  return is_encrypted ? Wire::kTls : Wire::kPlain;
}

void HeaderOrder::add(std::string_view name, protocol::FieldId id) {
  const char letter = detail::letter_of(name, id);
  // Chromium writes its client hints in small letters among others.
  if (letter != 'Q' && !name.empty()) {
    const char as_it_is = name.front() >= 'a' && name.front() <= 'z' ? 'l' : 't';
    case_ = case_ == '-' || case_ == as_it_is ? as_it_is : 'm';
  }
  if (size_ != 0 && letters_[size_ - 1u] == letter) return;
  if (size_ == kMaxLetters) {
    is_cut_ = true;
    return;
  }
  letters_[size_++] = letter;
}

HeaderOrder HeaderOrder::of(const protocol::RequestHead& head) {
  HeaderOrder order;
  order.method_ = method_letter(head.method());
  order.minor_ = head.minor_version() == 0 ? '0' : '1';
  for (const protocol::HeadField& field : head.fields()) order.add(field.name, field.id);
  return order;
}

HeaderOrder HeaderOrder::of_names(std::string_view names, std::string_view method, unsigned minor) {
  HeaderOrder order;
  order.method_ = method_letter(method);
  order.minor_ = minor == 0 ? '0' : '1';
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    const std::string_view name = names.substr(0, end);
    if (!name.empty()) order.add(name, protocol::field_id(name));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return order;
}

std::string HeaderOrder::text() const {
  std::string text = {'1', method_, minor_, case_, '-'};
  text += letters();
  if (is_cut_) text += '+';
  return text;
}

std::string HeaderOrder::names() const {
  std::string text;
  for (const char letter : letters()) {
    const std::string_view name = detail::field_of(letter);
    if (name.empty()) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

std::string_view name_of(Family family) {
  return kNames[static_cast<std::size_t>(family)];
}

Family claimed_family(std::string_view user_agent) {
  for (const Claim& claim : kClaims) {
    if (applies(claim, user_agent)) return claim.family;
  }
  return Family::kUnknown;
}

unsigned claimed_version(std::string_view user_agent) {
  const unsigned chromium = number_behind(user_agent, "Chrome/");
  return chromium != 0 ? chromium : number_behind(user_agent, "Firefox/");
}

std::string FamilySet::text() const {
  std::string text;
  for (unsigned family = 0; family < kFamilies; ++family) {
    if (!has(static_cast<Family>(family))) continue;
    if (!text.empty()) text += " or ";
    text += name_of(static_cast<Family>(family));
  }
  return text;
}

FamilySet families_of(const HeaderOrder& order, Wire wire, bool is_relayed) {
  FamilySet families;
  for (const FamilyOrder& row : detail::known_orders()) {
    if (fits_row(order, wire, row, is_relayed)) families.add(row.family);
  }
  return families;
}

bool fits(const HeaderOrder& order, Wire wire, Family family, bool is_relayed) {
  const auto known = detail::known_orders();
  return std::any_of(known.begin(), known.end(), [&](const FamilyOrder& row) {
    return row.family == family && fits_row(order, wire, row, is_relayed);
  });
}

OrderJudgement judge_order(const HeaderOrder& order, Wire wire, std::string_view user_agent,
                           bool is_relayed) {
  OrderJudgement judgement;
  judgement.claimed = claimed_family(user_agent);
  if (static_cast<std::size_t>(judgement.claimed) >= kFamilies || order.has('V') || order.is_cut()) {
    return judgement;
  }
  if (!fits(order, wire, judgement.claimed, is_relayed)) {
    judgement.looks_like = families_of(order, wire, is_relayed);
    judgement.verdict =
        judgement.looks_like.is_empty() ? OrderVerdict::kUnknown : OrderVerdict::kAnotherFamily;
  } else if (is_measured_browser(judgement.claimed) && wire != Wire::kHttp2 && order.is_lower_case()) {
    judgement.verdict = OrderVerdict::kLowerCase;
  } else if (lacks_fetch_data(order, wire, judgement.claimed, user_agent)) {
    judgement.verdict = OrderVerdict::kNoFetchData;
  } else {
    judgement.verdict = OrderVerdict::kFits;
  }
  return judgement;
}

std::string explain(const OrderJudgement& judgement, const HeaderOrder& order) {
  if (!judgement.contradicts()) return {};
  const std::string claim = "the User-Agent says " + std::string(name_of(judgement.claimed)) + ", but ";
  switch (judgement.verdict) {
    case OrderVerdict::kAnotherFamily:
      return claim + "the fields come in the order of " + judgement.looks_like.text() + ": " + order.names();
    case OrderVerdict::kUnknown:
      return claim + "the fields come in another order than its own: " + order.names();
    case OrderVerdict::kLowerCase:
      return claim + "the fields' names are in small letters";
    case OrderVerdict::kNoFetchData:
      return claim + "there are no Sec-Fetch fields, which it sends with every request inside TLS";
    case OrderVerdict::kNothing:
    case OrderVerdict::kFits:
      break;
  }
  return {};
}

}  // namespace mogura::challenge
