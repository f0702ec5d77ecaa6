// looks_like_request and looks_like_response of protocol/http1.h: asked of the first bytes of every
// connection, so a "no" must come early and a "yes" must not be chance.

#include <algorithm>
#include <array>
#include <string_view>

#include "protocol/detail/http1_methods.h"
#include "protocol/detail/http1_text.h"
#include "protocol/http1.h"

namespace mogura::protocol {
namespace {

using detail::begins_known_method;
using detail::equals_ignoring_case;
using detail::is_known_method;

constexpr std::string_view kSchemes[] = {"http://", "https://", "ftp://", "ws://", "wss://"};

// How far a target is sought behind spaces, and the version behind a target that is no evidence by itself.
constexpr std::size_t kLineWindow = 2048;

Likeness either(Likeness a, Likeness b) {
  if (a == Likeness::kYes || b == Likeness::kYes) return Likeness::kYes;
  return a == Likeness::kNeedMore || b == Likeness::kNeedMore ? Likeness::kNeedMore : Likeness::kNo;
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

// Whether "HTTP/" and a major version up to `max_major` is the word behind the target.
Likeness has_version_behind(std::string_view text, char max_major) {
  text = text.substr(0, kLineWindow);
  const Likeness undecided = text.size() < kLineWindow ? Likeness::kNeedMore : Likeness::kNo;
  if (detail::take_word(text).find('\n') != std::string_view::npos) return Likeness::kNo;
  text = detail::trim_left(text);
  constexpr std::string_view kProtocol = "http/";
  const Likeness protocol = has_start(text, kProtocol);
  if (protocol == Likeness::kNo) return Likeness::kNo;
  text.remove_prefix(std::min(text.size(), kProtocol.size()));
  if (!text.empty() && (!detail::is_digit(text[0]) || text[0] > max_major)) return Likeness::kNo;
  if (text.size() < 2) return undecided;
  return text[1] == '.' ? Likeness::kYes : Likeness::kNo;
}

Likeness is_target_of_known(std::string_view method, std::string_view text) {
  const char first = text.front();
  if (equals_ignoring_case(method, "connect")) {
    const bool plausible = detail::is_alnum(first) || first == '[' || first == '*' || first == '_';
    return plausible ? Likeness::kYes : Likeness::kNo;
  }
  if (first == '/') return Likeness::kYes;
  return either(has_web_scheme(text), has_version_behind(text, '9'));
}

Likeness is_target_of_unknown(std::string_view text) {
  return text.front() == '/' ? has_version_behind(text, '1') : has_web_scheme(text);
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
  if (!detail::is_space(text[size])) return Likeness::kNo;
  const bool is_known = is_known_method(method);
  if (!is_known && (!is_method_shaped(method) || method == "PRI")) return Likeness::kNo;
  text.remove_prefix(size);
  const std::size_t target = text.size() - detail::trim_left(text).size();
  if (target >= kLineWindow) return Likeness::kNo;
  if (target == text.size()) return Likeness::kNeedMore;
  text.remove_prefix(target);
  return is_known ? is_target_of_known(method, text) : is_target_of_unknown(text);
}

Likeness looks_like_response(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  const Likeness version = has_start(text, "http/1.");
  if (version == Likeness::kYes && text.size() > 7)
    return detail::is_digit(text[7]) ? Likeness::kYes : Likeness::kNo;
  if (version != Likeness::kNo) return Likeness::kNeedMore;
  const auto starts = [&](std::string_view start) {
    const std::size_t size = std::min(text.size(), start.size());
    return text.substr(0, size) == start.substr(0, size);
  };
  if (starts("ICY ")) return text.size() >= 4 ? Likeness::kYes : Likeness::kNeedMore;
  return Likeness::kNo;
}

}  // namespace mogura::protocol
