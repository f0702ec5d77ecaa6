// looks_like_request and looks_like_response of protocol/http1.h: asked of the first bytes of every
// connection, so a "no" must come early and a "yes" must not be chance.

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/detail/http1_start_line.h"
#include "protocol/detail/http1_text.h"
#include "protocol/http1.h"

namespace mogura::protocol {
namespace {

using detail::equals_ignoring_case;

// The IANA method registry but for PRI and *, which are no requests; then those of UPnP, caches, Exchange,
// RPC over HTTP, SSTP and SCCM that traffic holds.
constexpr std::string_view kMethods[] = {"get",
                                         "post",
                                         "connect",
                                         "head",
                                         "put",
                                         "options",
                                         "delete",
                                         "patch",
                                         "trace",
                                         "acl",
                                         "baseline-control",
                                         "bind",
                                         "checkin",
                                         "checkout",
                                         "copy",
                                         "label",
                                         "link",
                                         "lock",
                                         "merge",
                                         "mkactivity",
                                         "mkcalendar",
                                         "mkcol",
                                         "mkredirectref",
                                         "mkworkspace",
                                         "move",
                                         "orderpatch",
                                         "propfind",
                                         "proppatch",
                                         "query",
                                         "rebind",
                                         "report",
                                         "search",
                                         "unbind",
                                         "uncheckout",
                                         "unlink",
                                         "unlock",
                                         "update",
                                         "updateredirectref",
                                         "version-control",
                                         "m-search",
                                         "notify",
                                         "subscribe",
                                         "unsubscribe",
                                         "purge",
                                         "source",
                                         "bcopy",
                                         "bdelete",
                                         "bmove",
                                         "bpropfind",
                                         "bproppatch",
                                         "poll",
                                         "x-ms-enumatts",
                                         "rpc_in_data",
                                         "rpc_out_data",
                                         "sstp_duplex_post",
                                         "ccm_post",
                                         "bits_post",
                                         "track",
                                         "debug"};
static_assert(std::ranges::all_of(kMethods,
                                  [](auto method) { return method.size() <= detail::kMaxMethodBytes; }));

constexpr std::string_view kSchemes[] = {"http://", "https://", "ftp://", "ws://", "wss://"};

// How far the version is sought behind a target that is no evidence by itself.
constexpr std::size_t kLineWindow = 2048;

Likeness either(Likeness a, Likeness b) {
  if (a == Likeness::kYes || b == Likeness::kYes) return Likeness::kYes;
  return a == Likeness::kNeedMore || b == Likeness::kNeedMore ? Likeness::kNeedMore : Likeness::kNo;
}

bool is_known_method(std::string_view token) {
  return std::ranges::any_of(kMethods, [&](auto method) { return equals_ignoring_case(token, method); });
}

bool begins_known_method(std::string_view start) {
  return std::ranges::any_of(kMethods, [&](auto method) {
    return start.size() <= method.size() && equals_ignoring_case(start, method.substr(0, start.size()));
  });
}

// A method that is in no list: capital letters first, then digits and joints too.
bool is_method_shaped(std::string_view token) {
  return !token.empty() && detail::is_upper(token.front()) && std::ranges::all_of(token, [](char c) {
    return detail::is_upper(c) || detail::is_digit(c) || c == '_' || c == '-';
  });
}

Likeness has_start(std::string_view text, std::string_view lowered) {
  const std::size_t size = std::min(text.size(), lowered.size());
  if (!equals_ignoring_case(text.substr(0, size), lowered.substr(0, size))) return Likeness::kNo;
  return size == lowered.size() ? Likeness::kYes : Likeness::kNeedMore;
}

Likeness has_web_scheme(std::string_view target) {
  Likeness likeness = Likeness::kNo;
  for (const std::string_view scheme : kSchemes) likeness = either(likeness, has_start(target, scheme));
  return likeness;
}

// Whether "HTTP/1." or "HTTP/0." is the word behind the target.
Likeness has_version_behind(std::string_view text) {
  text = text.substr(0, kLineWindow);
  const std::size_t end = text.find_first_of(" \r\n");
  if (end == 0) return Likeness::kNo;
  if (end == std::string_view::npos) return text.size() < kLineWindow ? Likeness::kNeedMore : Likeness::kNo;
  if (text[end] != ' ') return Likeness::kNo;
  return either(has_start(text.substr(end), " http/1."), has_start(text.substr(end), " http/0."));
}

Likeness is_target_of_known(std::string_view method, std::string_view text) {
  const char first = text.front();
  if (equals_ignoring_case(method, "connect")) {
    const bool plausible = detail::is_alnum(first) || first == '[' || first == '*' || first == '_';
    return plausible ? Likeness::kYes : Likeness::kNo;
  }
  if (first == '/') return Likeness::kYes;
  return either(has_web_scheme(text), has_version_behind(text));
}

Likeness is_target_of_unknown(std::string_view text) {
  return text.front() == '/' ? has_version_behind(text) : has_web_scheme(text);
}

}  // namespace

Likeness looks_like_request(ByteView bytes) {
  std::string_view text = as_text(bytes);
  const std::size_t begin = text.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return Likeness::kNeedMore;
  text.remove_prefix(begin);
  std::size_t size = 0;
  while (size < text.size() && size <= detail::kMaxMethodBytes && detail::is_token_character(text[size]))
    ++size;
  if (size == 0 || size > detail::kMaxMethodBytes) return Likeness::kNo;
  const std::string_view method = text.substr(0, size);
  if (size == text.size()) {
    return is_method_shaped(method) || begins_known_method(method) ? Likeness::kNeedMore : Likeness::kNo;
  }
  if (text[size] != ' ') return Likeness::kNo;
  const bool is_known = is_known_method(method);
  if (!is_known && (!is_method_shaped(method) || method == "PRI")) return Likeness::kNo;
  text.remove_prefix(size + 1);
  if (text.empty()) return Likeness::kNeedMore;
  return is_known ? is_target_of_known(method, text) : is_target_of_unknown(text);
}

Likeness looks_like_response(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  if (text.size() > 7 && text.starts_with("HTTP/1."))
    return detail::is_digit(text[7]) ? Likeness::kYes : Likeness::kNo;
  const auto starts = [&](std::string_view start) {
    const std::size_t size = std::min(text.size(), start.size());
    return text.substr(0, size) == start.substr(0, size);
  };
  if (starts("ICY ")) return text.size() >= 4 ? Likeness::kYes : Likeness::kNeedMore;
  return starts("HTTP/1.") ? Likeness::kNeedMore : Likeness::kNo;
}

}  // namespace mogura::protocol
