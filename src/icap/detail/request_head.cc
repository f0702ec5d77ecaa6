#include "icap/detail/request_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace mogura::icap::detail {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kVersion = "ICAP/1.0";
constexpr std::size_t kOffsetDigits = 10;

bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// The next element of a list, taken off it; white space around it goes.
std::string_view next_element(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view element = trimmed(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return element;
}

template <class Number>
std::optional<Number> number_in(std::string_view text, std::size_t digits) {
  Number number = 0;
  if (text.empty() || text.size() > digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "/reqmod" of "icap://host:port/reqmod?x", "icaps://…", or of "/reqmod" alone.
std::optional<std::string_view> service_of(std::string_view uri) {
  if (!uri.starts_with('/')) {
    const std::size_t scheme = uri.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const std::string_view name = uri.substr(0, scheme);
    if (!equals_ignoring_case(name, "icap") && !equals_ignoring_case(name, "icaps")) return std::nullopt;
    uri.remove_prefix(scheme + 3);
    const std::size_t path = uri.find('/');
    if (path == std::string_view::npos) return "/";
    uri.remove_prefix(path);
  }
  return uri.substr(0, uri.find('?'));
}

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_padding = i >= text.size() - padding;
    const int value = is_padding ? 0 : sextet(text[i]);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    for (const int shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 0xFF);
    bits = 0;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

void RequestHead::forget() {
  *this = RequestHead(limits_);
}

HeadStep RequestHead::parse(std::string_view bytes) {
  forget();
  const std::size_t end = bytes.substr(0, limits_.bytes).find(kEnd);
  if (end == std::string_view::npos) {
    const bool is_refused = bytes.size() >= limits_.bytes || bytes.find('\0') != std::string_view::npos;
    return {.kind = is_refused ? HeadStep::Kind::kRefused : HeadStep::Kind::kNeedMore};
  }
  std::string_view rest = bytes.substr(0, end + 2);
  HeadStep step{.kind = HeadStep::Kind::kRefused};
  const std::size_t first = rest.find("\r\n");
  if (!take_start_line(rest.substr(0, first), step.status)) return step;
  rest.remove_prefix(first + 2);
  for (std::size_t fields = 0; !rest.empty(); ++fields) {
    const std::size_t line = rest.find("\r\n");
    if (fields == limits_.fields || !take_field(rest.substr(0, line))) return step;
    rest.remove_prefix(line + 2);
  }
  if (!is_complete()) return step;
  return {.kind = HeadStep::Kind::kDone, .bytes = end + kEnd.size()};
}

bool RequestHead::take_start_line(std::string_view line, unsigned& status) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view method = line.substr(0, first), uri = line.substr(first + 1, last - first - 1);
  const auto is_bad = [](char c) { return is_control(c) || c == ' ' || c == '\t'; };
  if (!is_token(method) || uri.empty() || std::any_of(uri.begin(), uri.end(), is_bad)) return false;
  if (line.substr(last + 1) != kVersion) {
    if (line.substr(last + 1).starts_with("ICAP/")) status = 505;
    return false;
  }
  const auto service = service_of(uri);
  if (!service) return false;
  service_ = *service;
  status = 501;
  constexpr std::array<std::string_view, 3> kMethods{"OPTIONS", "REQMOD", "RESPMOD"};
  const auto* const found = std::find(kMethods.begin(), kMethods.end(), method);
  if (found == kMethods.end()) return false;
  method_ = static_cast<Method>(found - kMethods.begin());
  status = 400;
  return true;
}

bool RequestHead::take_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), is_control)) return false;
  return take_known(line.substr(0, colon), value);
}

bool RequestHead::take_known(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, "encapsulated")) return take_layout(value);
  if (equals_ignoring_case(name, "preview")) return take_preview(value);
  if (equals_ignoring_case(name, "allow")) {
    take_allow(value);
  } else if (equals_ignoring_case(name, "connection")) {
    while (!value.empty()) closes_ |= equals_ignoring_case(next_element(value), "close");
  } else if (equals_ignoring_case(name, "x-client-ip")) {
    client_ = Address::parse(value);
  } else if (equals_ignoring_case(name, "x-client-port")) {
    client_port_ = number_in<std::uint16_t>(value, 5).value_or(0);
  } else if (equals_ignoring_case(name, "x-client-username")) {
    user_ = value;
  } else if (equals_ignoring_case(name, "x-authenticated-user")) {
    user_ = base64_decoded(value).value_or(std::string(value));
  } else if (equals_ignoring_case(name, "x-mogura")) {
    pairing_ = value;
  }
  return true;
}

// Offsets do not go back, the first is 0, and a body, one, comes last (RFC 3507 §4.4.1).
bool RequestHead::take_layout(std::string_view value) {
  if (has_layout_) return false;
  has_layout_ = true;
  bool has_end = false, is_first = true;
  std::size_t before = 0;
  while (!value.empty()) {
    const std::string_view element = next_element(value);
    const std::size_t equals = std::min(element.find('='), element.size());
    const std::string_view name = element.substr(0, equals);
    const auto offset =
        number_in<std::size_t>(element.substr(std::min(equals + 1, element.size())), kOffsetDigits);
    if (has_end || !offset || *offset < before || *offset > kOffset || (is_first && *offset != 0))
      return false;
    is_first = false;
    before = *offset;
    if (equals_ignoring_case(name, "req-hdr") && !layout_.has_request && !layout_.has_response) {
      layout_.has_request = true;
      layout_.request = *offset;
    } else if (equals_ignoring_case(name, "res-hdr") && !layout_.has_response) {
      layout_.has_response = true;
      layout_.response = *offset;
    } else {
      layout_.has_body = equals_ignoring_case(name, "req-body") || equals_ignoring_case(name, "res-body") ||
                         equals_ignoring_case(name, "opt-body");
      if (!layout_.has_body && !equals_ignoring_case(name, "null-body")) return false;
      has_end = true;
      layout_.heads_end = *offset;
    }
  }
  return has_end;
}

bool RequestHead::take_preview(std::string_view value) {
  if (preview_) return false;
  preview_ = number_in<std::size_t>(value, kOffsetDigits);
  return preview_ && *preview_ <= kPreviewBytes;
}

void RequestHead::take_allow(std::string_view value) {
  while (!value.empty()) {
    const std::string_view element = next_element(value);
    allows_204_ |= element == "204";
    allows_206_ |= element == "206";
  }
}

bool RequestHead::is_complete() const {
  return has_layout_ || method_ == Method::kOptions;
}

}  // namespace mogura::icap::detail
