#include "challenge/detail/judging.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/text.h"
#include "protocol/registrable_domain.h"

namespace mogura::challenge::detail {
namespace {

using protocol::FieldId;

// Versions from which on engines treat cookies as measured: all of 2022 or later, which is older than what
// anybody should use, so that a client that claims less has no claim to their exceptions.
constexpr unsigned kOldestBlink = 100;   // Chrome/100
constexpr unsigned kOldestGecko = 100;   // rv:100.0
constexpr unsigned kOldestWebKit = 605;  // AppleWebKit/605, which it stays

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_current_engine(std::string_view user_agent) {
  if (contains(user_agent, "MSIE ") || contains(user_agent, "Trident/")) return false;
  if (const unsigned blink = number_behind(user_agent, "Chrome/"); blink != 0) return blink >= kOldestBlink;
  if (contains(user_agent, "Gecko/")) return number_behind(user_agent, "rv:") >= kOldestGecko;
  return number_behind(user_agent, "AppleWebKit/") >= kOldestWebKit;
}

bool is_compressed(std::string_view accept_encoding) {
  return accept_encoding.starts_with("gzip, deflate");
}

// Everything that a browser engine's request has. Media are asked for without compression.
bool is_of_engine(const RequestShape& shape, Claim claim) {
  return claim == Claim::kBrowser && !shape.accept.empty() && !shape.accept_language.empty() &&
         (is_compressed(shape.accept_encoding) || shape.accept_encoding.starts_with("identity"));
}

bool is_reload_without_cookies(const RequestShape& shape) {
  return shape.is_no_cache && !shape.has_cookie;
}

Judgement not_judged(Reason reason) {
  return {.reason = reason};
}

// Fetch metadata (on trustworthy connections only) say outright what has to be guessed otherwise.
Judgement judge_by_metadata(const RequestShape& shape) {
  const bool is_cross_site = shape.fetch_site == "cross-site";
  if (shape.fetch_dest == "document") {
    // SameSite=Lax: top-level navigations send the cookie, but for a POST from elsewhere.
    if (is_cross_site && shape.method == "POST") return not_judged(Reason::kCrossSite);
    return {.is_of_engine = true};
  }
  if (shape.fetch_mode == "cors" && shape.fetch_site != "same-origin") {
    return not_judged(Reason::kCrossOriginRequest);
  }
  return not_judged(is_cross_site ? Reason::kCrossSite : Reason::kMaybeFramed);
}

Judgement doubtful(Reason doubt) {
  return {.doubt = doubt};
}

// A browser of former years is more often a disguise than a browser: it has to go on for longer, but is not
// let off, where it may be in a frame.
Judgement judge_old_document(Source source) {
  const bool is_elsewhere = source == Source::kOtherOrigin || source == Source::kOtherSite;
  return is_elsewhere ? doubtful(Reason::kCrossSite) : Judgement{};
}

Judgement judge_document(const RequestShape& shape, Source source) {
  if (source == Source::kOtherOrigin) return {.reason = Reason::kCrossOriginRequest, .is_elsewhere = true};
  if (source == Source::kOtherSite) return {.reason = Reason::kCrossSite, .is_elsewhere = true};
  if (is_reload_without_cookies(shape)) return doubtful(Reason::kReloadWithoutCookies);
  return source == Source::kSameSite ? doubtful(Reason::kMaybeFramed) : Judgement{};
}

Judgement judge_sub_resource(bool is_engine, Source source) {
  switch (source) {
    case Source::kOtherOrigin:
      return not_judged(Reason::kCrossOriginRequest);
    case Source::kOtherSite:
      return not_judged(Reason::kCrossSite);
    case Source::kSameSite:
      return is_engine ? not_judged(Reason::kMaybeFramed) : doubtful(Reason::kMaybeFramed);
    case Source::kUnknown:
      return is_engine ? not_judged(Reason::kBareSubResource) : Judgement{};
  }
  return {};
}

// The host of an http or https URL, without user information, port and brackets; empty: there is none.
std::string_view host_in(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || !url.starts_with("http")) return {};
  url.remove_prefix(scheme + 3);
  url = url.substr(0, std::min(url.find_first_of("/?#"), url.size()));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return url.substr(1, std::min(url.find(']'), url.size()) - 1);
  return url.substr(0, std::min(url.find(':'), url.size()));
}

std::string_view without_brackets(std::string_view host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return host;
  return host.substr(1, host.size() - 2);
}

bool is_same_site(std::string_view other, std::string_view host, Exchange::Memory& memory) {
  if (memory.referer_host != other || memory.referer_host.empty()) {
    memory.referer_host = other;
    memory.is_same_site = protocol::registrable_domain_of_host(protocol::host_of(other)) ==
                          protocol::registrable_domain_of_host(std::string(host));
  }
  return memory.is_same_site;
}

void note_connection_field(const protocol::HeadField& field, RequestShape& shape) {
  switch (field.id) {
    case FieldId::kCacheControl:
    case FieldId::kPragma:
      shape.is_no_cache |= contains(field.value, "no-cache");
      break;
    case FieldId::kCookie:
      shape.has_cookie = true;
      break;
    case FieldId::kIfNoneMatch:
      shape.has_validator = true;
      break;
    case FieldId::kPurpose:
      shape.is_prefetch |= contains(field.value, "prefetch") || contains(field.value, "preview");
      break;
    case FieldId::kUpgradeInsecureRequests:
      shape.is_secure_wanted = field.value == "1";
      break;
    default:
      break;
  }
}

void note_field(const protocol::HeadField& field, RequestShape& shape) {
  switch (field.id) {
    case FieldId::kAccept:
      shape.accept = field.value;
      break;
    case FieldId::kAcceptEncoding:
      shape.accept_encoding = field.value;
      break;
    case FieldId::kAcceptLanguage:
      shape.accept_language = field.value;
      break;
    case FieldId::kOrigin:
      shape.origin = field.value;
      break;
    case FieldId::kReferer:
      shape.referer = field.value;
      break;
    case FieldId::kSecFetchDest:
      shape.fetch_dest = field.value;
      break;
    case FieldId::kSecFetchMode:
      shape.fetch_mode = field.value;
      break;
    case FieldId::kSecFetchSite:
      shape.fetch_site = field.value;
      break;
    case FieldId::kUserAgent:
      shape.user_agent = field.value;
      break;
    default:
      note_connection_field(field, shape);
      break;
  }
}

}  // namespace

unsigned number_behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = text.substr(at + mark.size());
  unsigned number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

RequestShape shape_of(const protocol::RequestHead& head) {
  RequestShape shape;
  shape.method = head.method();
  for (const protocol::HeadField& field : head.fields()) note_field(field, shape);
  if (head.wants_upgrade()) {
    const protocol::HeadField* upgrade = head.find(FieldId::kUpgrade);
    shape.is_websocket = upgrade != nullptr && equals_ignoring_case(upgrade->value, "websocket");
  }
  return shape;
}

Claim claim_of(std::string_view user_agent) {
  if (!user_agent.starts_with("Mozilla/") && !user_agent.starts_with("Opera/")) return Claim::kProgram;
  // These begin like browsers for the sake of old servers, and then say what they are.
  if (contains(user_agent, "PowerShell/") || contains(user_agent, "+http")) return Claim::kProgram;
  return has_current_engine(user_agent) ? Claim::kBrowser : Claim::kOldBrowser;
}

bool is_browser_like(const RequestShape& shape) {
  return !shape.accept.empty() && !shape.accept_language.empty() && is_compressed(shape.accept_encoding);
}

bool is_document(const RequestShape& shape) {
  return shape.accept.starts_with("text/html") || shape.is_secure_wanted || shape.fetch_dest == "document";
}

Source source_of(const RequestShape& shape, std::string_view host, Exchange::Memory& memory) {
  const std::string_view own = without_brackets(host);
  if (!shape.origin.empty()) {
    return equals_ignoring_case(host_in(shape.origin), own) ? Source::kSameSite : Source::kOtherOrigin;
  }
  const std::string_view other = host_in(shape.referer);
  if (other.empty()) return Source::kUnknown;
  if (equals_ignoring_case(other, own)) return Source::kSameSite;
  return is_same_site(other, own, memory) ? Source::kSameSite : Source::kOtherSite;
}

Judgement judge(const RequestShape& shape, Claim claim, Source source) {
  const bool is_engine = is_of_engine(shape, claim);
  // A program's reasons to return nothing are not those of browsers.
  if (!is_engine && (claim == Claim::kProgram || !is_browser_like(shape))) return {};
  if (shape.is_prefetch) return not_judged(Reason::kPrefetch);
  if (!shape.fetch_dest.empty()) return judge_by_metadata(shape);
  if (!is_document(shape)) return judge_sub_resource(is_engine, source);
  if (!is_engine) return judge_old_document(source);
  Judgement judgement = judge_document(shape, source);
  judgement.is_of_engine = true;
  return judgement;
}

}  // namespace mogura::challenge::detail
