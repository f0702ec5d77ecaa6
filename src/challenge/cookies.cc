#include "challenge/cookies.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/digest.h"

namespace mogura::challenge {
namespace {

constexpr std::size_t kNameDigits = 4;
constexpr std::string_view kHostOnly = "__Host-";
constexpr std::string_view kLongAgo = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
// Nobody asks for it, so that nothing which honours Path sends the cookie.
constexpr std::string_view kNowhere = "; Path=/.mogura/nowhere/";

bool has_host_prefix(CookieKind kind) {
  return kind == CookieKind::kSecure || kind == CookieKind::kHostPrefix;
}

std::string attributes_of(CookieKind kind, std::chrono::seconds lifetime) {
  std::string text(kind == CookieKind::kPath ? kNowhere : "; Path=/");
  text += "; Max-Age=" + std::to_string(lifetime.count());
  if (kind == CookieKind::kConflict) text += kLongAgo;
  text += "; HttpOnly";
  if (kind == CookieKind::kSecure) text += "; Secure";
  text += kind == CookieKind::kNoneWithoutSecure ? "; SameSite=None" : "; SameSite=Lax";
  if (kind == CookieKind::kPartitioned) text += "; Partitioned";
  return text;
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view bare(std::string_view value) {
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return is_quoted ? value.substr(1, value.size() - 2) : value;
}

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

struct Pair {
  std::string_view separator;  // in front of it
  std::string_view text;       // as it stands there
  std::string_view name, value;
};

Pair taken_apart(std::string_view separator, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {separator, text, {}, {}};
  return {separator, text, trimmed(text.substr(0, equals)), bare(trimmed(text.substr(equals + 1)))};
}

}  // namespace

// Walks over the pairs of a Cookie field; together, their separators and texts are all of its bytes.
class Cookies::Pairs {
 public:
  explicit Pairs(std::string_view cookie) : rest_(cookie) {}
  bool next(Pair& pair) {
    if (is_over_) return false;
    std::size_t separator = 0;
    if (!is_first_) {
      separator = 1;
      while (separator < rest_.size() && is_space(rest_[separator])) ++separator;
    }
    const std::size_t end = std::min(rest_.find(';', separator), rest_.size());
    pair = taken_apart(rest_.substr(0, separator), rest_.substr(separator, end - separator));
    is_first_ = false;
    is_over_ = end == rest_.size();
    rest_.remove_prefix(end);
    return true;
  }

 private:
  std::string_view rest_;
  bool is_first_ = true, is_over_ = false;
};

Cookies::Cookies(const Tokens& tokens, const Secret& secret, std::string_view name,
                 std::chrono::seconds lifetime)
    : tokens_(tokens), base_(name) {
  for (std::size_t i = 0; i < kCookieKinds; ++i) {
    const auto kind = static_cast<CookieKind>(i);
    attributes_[i] = attributes_of(kind, lifetime);
    const std::string_view prefix = has_host_prefix(kind) ? kHostOnly : std::string_view();
    std::string what = "mogura-name-1" + std::string(prefix) + base_ + attributes_[i];
    do {
      const auto hash = secret.hmac(what);
      names_[i] = std::string(prefix) + base_ + "-" + to_hex(ByteView(hash.data(), kNameDigits / 2));
      what += '+';  // for the one secret in some thousands with which two names are the same
    } while (std::find(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(i), names_[i]) !=
             names_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

std::string Cookies::set_cookie_line(std::string_view value, CookieKind kind) const {
  const std::string& attributes = attributes_[static_cast<std::size_t>(kind)];
  std::string line("Set-Cookie: ");
  line.reserve(line.size() + name(kind).size() + 1 + value.size() + attributes.size() + 2);
  line += name(kind);
  line += '=';
  line += value;
  line += attributes;
  line += "\r\n";
  return line;
}

std::optional<CookieKind> Cookies::kind_of(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<CookieKind>(found - names_.begin());
}

bool Cookies::is_other_name(std::string_view name) const {
  if (name.starts_with(kHostOnly)) name.remove_prefix(kHostOnly.size());
  if (!name.starts_with(base_)) return false;
  const std::string_view digits = name.substr(base_.size());
  return digits.empty() || (digits.size() == 1 + kNameDigits && digits.front() == '-' &&
                            std::all_of(digits.begin() + 1, digits.end(), is_hex_digit));
}

bool Cookies::is_ours(std::string_view name, std::string_view value, unsigned& checks_left) const {
  if (kind_of(name)) return Tokens::is_well_formed(value);
  if (!is_other_name(name) || checks_left == 0 || !Tokens::is_well_formed(value)) return false;
  --checks_left;
  return tokens_.is_ours(value);
}

Cookies::Found Cookies::find(std::string_view cookie) const {
  Found found;
  // Most fields hold nothing of ours, and say so at once.
  if (cookie.find(base_) == std::string_view::npos) return found;
  unsigned checks_left = kOtherNames;
  Pairs pairs(cookie);
  for (Pair pair; pairs.next(pair);) {
    if (is_ours(pair.name, pair.value, checks_left)) {
      found.has_ours = true;
      if (const auto kind = kind_of(pair.name)) {
        std::string_view& value = found.values[static_cast<std::size_t>(*kind)];
        if (value.empty()) value = pair.value;
      }
    } else if (pair.name == name() || pair.name == name(CookieKind::kSecure)) {
      if (!found.has_other_value) found.other_value = pair.value;
      found.has_other_value = true;
    }
  }
  return found;
}

void Cookies::strip(std::string_view cookie, std::string& out) const {
  const std::size_t start = out.size();
  unsigned checks_left = kOtherNames;
  bool is_first = true, has_removed = false, has_content = false;
  Pairs pairs(cookie);
  for (Pair pair; pairs.next(pair);) {
    if (is_ours(pair.name, pair.value, checks_left)) {
      has_removed = true;
      continue;
    }
    if (!is_first) out += pair.separator;
    out += pair.text;
    is_first = false;
    has_content |= !trimmed(pair.text).empty();
  }
  // What is left of "ours;" is no cookie.
  if (has_removed && !has_content) out.resize(start);
}

bool Cookies::is_taken_by(std::string_view set_cookie) const {
  const std::string_view pair = set_cookie.substr(0, std::min(set_cookie.find(';'), set_cookie.size()));
  const std::size_t equals = pair.find('=');
  return equals != std::string_view::npos && kind_of(trimmed(pair.substr(0, equals))).has_value();
}

}  // namespace mogura::challenge
