#include "identity/detail/condition_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "identity/detail/names.h"
#include "protocol/inner.h"
#include "session/session.h"

namespace mogura::identity::detail {
namespace {

constexpr std::array<std::string_view, 5> kShapes = {"interactive", "long-two-way", "beacon", "tls-in-tls",
                                                     "long-body"};
constexpr std::array<std::string_view, 1> kOwnShapes = {"random-bytes"};
constexpr std::array<std::string_view, 4> kAbsent = {"user-agent", "sni", "alpn", "referer"};

auto wrong(std::string cause) {
  return fail(ErrorCode::kFormat, "", std::move(cause));
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

bool is_inner(std::string_view text) {
  for (unsigned i = 0; i <= static_cast<unsigned>(protocol::Inner::kUnknown); ++i) {
    if (protocol::name_of(static_cast<protocol::Inner>(i)) == text) return true;
  }
  return false;
}

bool is_kind(std::string_view text) {
  for (unsigned i = 0; i < session::kKinds; ++i) {
    if (session::name_of(static_cast<session::Kind>(i)) == text) return true;
  }
  return false;
}

bool is_hex_and_glob(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_' || c == '*'; });
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// What is wrong with it, for people; empty if nothing is.
std::string_view complaint_about(Source source, std::string_view text) {
  switch (source) {
    case Source::kDomain:
      return is_domain(text) ? "" : "is no domain name";
    case Source::kUserAgent:
      return text.size() >= kShortestToken ? "" : "is too short for a User-Agent token";
    case Source::kInner:
      return is_inner(text) ? "" : "is no inner protocol";
    case Source::kBytes:
    case Source::kString:
      return text.size() >= kShortestString ? "" : "is too short: it would be met by chance";
    case Source::kCertificate:
    case Source::kNdpi:
    case Source::kWhois:
    case Source::kPath:
      return text.size() >= kShortestToken ? "" : "is too short";
    case Source::kJa3:
      return text.size() == 32 && is_hex_and_glob(text) ? "" : "is no JA3 fingerprint";
    case Source::kJa4:
      return text.size() >= 12 && is_hex_and_glob(text) ? "" : "is no JA4 fingerprint";
    case Source::kPort:
      return is_port(text) ? "" : "is no port";
    case Source::kShape:
      return is_one_of(kShapes, text) || is_one_of(kOwnShapes, text) ? "" : "is no shape";
    case Source::kAbsent:
      return is_one_of(kAbsent, text) ? "" : "is nothing whose absence is noted";
    case Source::kKind:
      return is_kind(text) ? "" : "is no kind of session";
    case Source::kUpgrade:
    case Source::kAlpn:
      return text.empty() ? "is empty" : "";
    case Source::kCombination:
      return "is no condition";
  }
  return "is unknown";
}

bool keeps_case(Source source) {
  return source == Source::kString || source == Source::kBytes || source == Source::kPath;
}

void take_anchors(Condition& condition) {
  if (condition.text.starts_with('^')) {
    condition.at_begin = true;
    condition.text.erase(0, 1);
  }
  if (condition.text.ends_with('$')) {
    condition.at_end = true;
    condition.text.pop_back();
  }
}

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char small = lower(c);
  if (small >= 'a' && small <= 'f') return static_cast<unsigned>(small - 'a') + 10;
  return {};
}

}  // namespace

Result<Condition> condition_of(Source source, std::string_view text) {
  Condition condition;
  condition.source = source;
  condition.text = keeps_case(source) ? std::string(text) : lower(text);
  if (source == Source::kUserAgent) take_anchors(condition);
  if (text.size() > kLongestText) return wrong("is too long");
  const std::string_view complaint = complaint_about(source, condition.text);
  if (!complaint.empty()) return wrong('"' + std::string(text) + "\" " + std::string(complaint));
  return condition;
}

Result<Condition> bytes_condition(Side side, std::optional<std::uint32_t> offset, std::string bytes) {
  // At a place of its own two bytes can be telling; anywhere they are met by chance.
  if (bytes.size() < (offset ? 2 : kShortestString)) return wrong("the bytes are too few");
  if (bytes.size() > kLongestText) return wrong("the bytes are too many");
  Condition condition;
  condition.source = Source::kBytes;
  condition.text = std::move(bytes);
  condition.side = side;
  condition.offset = offset;
  return condition;
}

std::optional<Side> side_named(std::string_view name) {
  if (name == "up") return Side::kUp;
  if (name == "down") return Side::kDown;
  if (name == "either") return Side::kEither;
  return {};
}

std::optional<Class> class_named(std::string_view name) {
  for (unsigned i = 0; i <= static_cast<unsigned>(Class::kCloudStorage); ++i) {
    if (identity::name_of(static_cast<Class>(i)) == name) return static_cast<Class>(i);
  }
  return {};
}

std::optional<Source> source_named(std::string_view key) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Source::kCombination); ++i) {
    if (name_of(static_cast<Source>(i)) == key) return static_cast<Source>(i);
  }
  return {};
}

std::optional<std::string> bytes_from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size();) {
    if (hex[i] == ' ') {
      ++i;
      continue;
    }
    const auto high = digit_of(hex[i]);
    const auto low = i + 1 < hex.size() ? digit_of(hex[i + 1]) : std::nullopt;
    if (!high || !low) return {};
    bytes.push_back(static_cast<char>(*high * 16 + *low));
    i += 2;
  }
  return bytes;
}

}  // namespace mogura::identity::detail
