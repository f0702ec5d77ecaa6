#include "proxy/detail/text_rules.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "protocol/inner.h"

namespace mogura::proxy::detail {
namespace {

constexpr std::size_t kNameBytes = 64;
constexpr std::size_t kRealmBytes = 128;
constexpr std::string_view kRedis = "redis://";

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_short_token(std::string_view text) {
  return is_token(text) && text.size() <= kNameBytes;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return port;
}

bool is_host_name(std::string_view text) {
  const auto is_part = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  return !text.empty() && text.size() <= 255 && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), is_part);
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const auto address = Address::parse(text.substr(1, text.size() - 2));
    return address && text.find(':') != std::string_view::npos;
  }
  return is_host_name(text);
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  return is_host(text.substr(0, colon)) && parse_port(text.substr(colon + 1)).value_or(0) != 0;
}

std::string inner_protocol_complaint(std::string_view text) {
  using protocol::Inner;
  for (unsigned i = 0; i < static_cast<unsigned>(Inner::kUnknown); ++i) {
    const auto inner = static_cast<Inner>(i);
    if (inner != Inner::kNone && inner != Inner::kTls && protocol::name_of(inner) == text) return {};
  }
  return "must be a protocol such as \"http\", \"ssh\" or \"smtp\"";
}

std::string no_complaint(std::string_view /*text*/) {
  return {};
}

std::string pseudonym_complaint(std::string_view text) {
  return is_short_token(text) ? "" : "must be 1 to 64 letters, digits or -._~!#$%&'*+^`|";
}

std::string realm_complaint(std::string_view text) {
  const bool is_quotable = std::all_of(text.begin(), text.end(),
                                       [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  return is_quotable && text.size() <= kRealmBytes ? ""
                                                   : "must be at most 128 ASCII characters without \" and \\";
}

std::string cookie_name_complaint(std::string_view text) {
  if (!is_short_token(text)) return pseudonym_complaint(text);
  const std::string name = lower(text);
  // Browsers take these on secure connections only, in any case of the letters (RFC 6265bis §4.1.3).
  const bool has_prefix =
      name.starts_with("__host-") || name.starts_with("__secure-") || name.starts_with("__http-");
  return has_prefix ? "must not begin with __Host-, __Secure- or __Http-: browsers would not return it" : "";
}

std::string parent_complaint(std::string_view text) {
  return text.empty() || is_host_and_port(text) ? "" : "must be HOST:PORT";
}

// Behind "redis://" and the password.
bool is_redis_place(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && slash + 1 < text.size() &&
      !parse_port(text.substr(slash + 1)).has_value()) {
    return false;
  }
  const std::string_view place = text.substr(0, slash);
  return is_host(place) || is_host_and_port(place);
}

std::string store_complaint(std::string_view text) {
  if (text == "memory") return {};
  constexpr const char* kForm = "must be memory or redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]";
  if (!text.starts_with(kRedis)) return kForm;
  const std::string_view rest = text.substr(kRedis.size());
  const std::size_t at = rest.rfind('@');
  if (!is_redis_place(at == std::string_view::npos ? rest : rest.substr(at + 1))) return kForm;
  if (at == std::string_view::npos) return {};
  const std::size_t colon = rest.substr(0, at).find(':');
  if (colon == std::string_view::npos) return kForm;
  return rest.substr(colon + 1, at - colon - 1) == kHiddenPassword ? "has no password: it was left out when "
                                                                     "the configuration was shown"
                                                                   : "";
}

std::string metrics_complaint(std::string_view text) {
  return text.empty() || Endpoint::parse(text) ? "" : "must be ADDR:PORT, with an IPv6 address in brackets";
}

}  // namespace

const TextRule kFile{"file", "", no_complaint};
const TextRule kOutput{"file", "- is standard output", no_complaint};
const TextRule kPseudonym{"text", "a token of 1 to 64 characters", pseudonym_complaint};
const TextRule kRealm{"text", "at most 128 characters", realm_complaint};
const TextRule kCookieName{"text", "a token of 1 to 64 characters", cookie_name_complaint};
const TextRule kParent{"text", "HOST:PORT", parent_complaint};
const TextRule kStore{"text", "memory or redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]", store_complaint};
const TextRule kMetricsPort{"text", "ADDR:PORT", metrics_complaint};
const TextRule kInnerProtocol{"word", "a protocol of `inner_protocol`", inner_protocol_complaint};

std::string without_password(std::string_view store) {
  if (!store.starts_with(kRedis)) return std::string(store);
  const std::size_t at = store.rfind('@');
  const std::size_t colon = store.find(':', kRedis.size());
  if (at == std::string_view::npos || colon > at) return std::string(store);
  return std::string(store.substr(0, colon + 1)) + std::string(kHiddenPassword) +
         std::string(store.substr(at));
}

}  // namespace mogura::proxy::detail
