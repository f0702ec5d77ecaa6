#include "console/detail/api_body.h"

#include <algorithm>

#include "report/utf8.h"

namespace mogura::console::detail {
namespace {

// Unicode's category Cc, and the two separators that some programs take for line ends.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

bool is_allowed(char32_t c, Body::Lines lines) {
  if (!is_control(c)) return true;
  if (c == '\n') return lines != Body::Lines::kOne;
  return (c == '\t' || c == '\r') && lines == Body::Lines::kAny;
}

}  // namespace

std::string_view fault_in(std::string_view text, Body::Lines lines) {
  while (!text.empty()) {
    const report::Utf8Character c = report::first_character(text);
    if (!c.is_valid) return "is not UTF-8";
    if (!is_allowed(c.code_point, lines)) return "must not hold control characters";
    text.remove_prefix(c.size);
  }
  return {};
}

std::string beginning_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<std::uint8_t>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

Body::Body(JsonReader& json, const Request& request) {
  if (request.body.size() > Request::kBodyBytes) {
    wrong_ = error_reply(413, "too-large", "the body is larger than 128 KiB");
    return;
  }
  if (!request.query.empty()) {
    wrong_ = bad_request(request.query.front().first, "is not known here");
    return;
  }
  Result<JsonReader::Members> members = json.texts(request.body);
  if (!members) {
    complain(members.error().place, members.error().cause);
    return;
  }
  members_ = std::move(*members);
  is_known_.resize(members_.size());
}

void Body::complain(std::string_view key, std::string_view cause) {
  if (!wrong_) wrong_ = bad_request(key, cause);
}

std::string Body::text(std::string_view key, std::size_t limit, Lines lines) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].first != key) continue;
    is_known_[i] = true;
    const std::string& text = members_[i].second;
    if (text.size() > limit) complain(key, "is longer than " + std::to_string(limit) + " bytes");
    if (const auto fault = fault_in(text, lines); !fault.empty()) complain(key, fault);
    return text;
  }
  return {};
}

std::string Body::given(std::string_view key, std::size_t limit, Lines lines) {
  const auto has_key = [key](const auto& member) { return member.first == key; };
  if (std::none_of(members_.begin(), members_.end(), has_key)) complain(key, "is needed");
  return text(key, limit, lines);
}

std::string Body::needed(std::string_view key, std::size_t limit, Lines lines) {
  std::string text = this->text(key, limit, lines);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) complain(key, "is needed");
  return text;
}

std::optional<Reply> Body::wrong() const {
  if (wrong_) return wrong_;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!is_known_[i]) return bad_request(members_[i].first, "is not known here");
  }
  return std::nullopt;
}

}  // namespace mogura::console::detail
