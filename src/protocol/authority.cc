#include "protocol/authority.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/address.h"
#include "protocol/detail/http1_text.h"

namespace mogura::protocol {
namespace {

using detail::equals_ignoring_case;
using detail::trim;

std::string lowered(std::string_view text) {
  std::string result(text.substr(0, kMaxHostBytes));
  std::ranges::transform(result, result.begin(), detail::lower);
  return result;
}

// 0: not a number from 1 to 65535.
std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stopped == end ? port : std::uint16_t{0};
}

// Only what is written as IPv6; Address::parse takes IPv4 too.
std::optional<std::string> parse_ipv6(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return {};
  const auto address = Address::parse(text);
  if (!address) return {};
  return address->is_v4() ? "[::ffff:" + address->to_string() + "]" : "[" + address->to_string() + "]";
}

// One dot at the end names the root. Of several none goes: that is no name, and must not become one.
std::string normalised_name(std::string_view host) {
  if (host.size() > 1 && host.back() == '.' && host[host.size() - 2] != '.') host.remove_suffix(1);
  return lowered(host);
}

// "[address]" or "[address]:port"; what follows the bracket in any other form is dropped.
Authority parse_bracketed(std::string_view text, std::size_t close) {
  const std::string_view inside = text.substr(1, close - 1);
  const std::string_view behind = text.substr(close + 1);
  Authority authority;
  authority.host = parse_ipv6(inside).value_or(lowered(text.substr(0, close + 1)));
  if (behind.starts_with(':')) authority.port = parse_port(behind.substr(1));
  return authority;
}

// More than one colon and no brackets: an IPv6 literal somebody forgot to bracket, with a port where it is no
// address otherwise.
Authority parse_many_colons(std::string_view text, std::size_t last_colon) {
  if (auto host = parse_ipv6(text)) return {std::move(*host), 0};
  if (auto host = parse_ipv6(text.substr(0, last_colon))) {
    return {std::move(*host), parse_port(text.substr(last_colon + 1))};
  }
  return {lowered(text), 0};
}

struct Scheme {
  std::string_view name;
  std::string_view rest;  // behind "://"
};

// RFC 3986 §3.1, followed by "//".
std::optional<Scheme> split_scheme(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() &&
         (detail::is_alnum(text[size]) || text[size] == '+' || text[size] == '-' || text[size] == '.')) {
    ++size;
  }
  if (size == 0 || detail::is_digit(text.front()) || !text.substr(size).starts_with("://")) return {};
  return Scheme{text.substr(0, size), text.substr(size + 3)};
}

std::uint16_t default_port(std::string_view scheme) {
  if (equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "ws")) return 80;
  if (equals_ignoring_case(scheme, "https") || equals_ignoring_case(scheme, "wss")) return 443;
  return 0;
}

// An address as X-Forwarded-For and Forwarded write it: quoted or not, bracketed or not, with a port or not.
std::string parse_node(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = trim(text.substr(1, text.size() - 2));
  if (const auto plain = Address::parse(text)) return plain->to_string();
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else {
    text = text.substr(0, text.find(':'));
  }
  const auto address = Address::parse(text);
  return address ? address->to_string() : std::string();
}

// Where the next of "," or ";" stands outside of quotes.
std::size_t find_separator(std::string_view text) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && is_quoted) {
      ++i;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (text[i] == ',' || text[i] == ';')) {
      return i;
    }
  }
  return std::string_view::npos;
}

// The value of the first for= (RFC 7239 §5.2), quotes included.
std::string_view first_for(std::string_view forwarded) {
  for (;;) {
    const std::size_t end = find_separator(forwarded);
    const std::string_view pair = trim(forwarded.substr(0, end));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && equals_ignoring_case(trim(pair.substr(0, equals)), "for")) {
      return pair.substr(equals + 1);
    }
    if (end == std::string_view::npos) return {};
    forwarded.remove_prefix(end + 1);
  }
}

}  // namespace

std::string Authority::to_string() const {
  return port == 0 ? host : host + ':' + std::to_string(port);
}

Authority parse_authority(std::string_view text) {
  text = trim(text);
  if (const auto scheme = split_scheme(text)) text = scheme->rest;
  text = text.substr(0, text.find_first_of("/?#"));
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    return close == std::string_view::npos ? Authority{lowered(text), 0} : parse_bracketed(text, close);
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {normalised_name(text), 0};
  const std::size_t last_colon = text.rfind(':');
  if (last_colon != colon) return parse_many_colons(text, last_colon);
  return {normalised_name(text.substr(0, colon)), parse_port(text.substr(colon + 1))};
}

Authority parse_absolute_target(std::string_view target) {
  const auto scheme = split_scheme(target);
  if (!scheme) return {};

  Authority authority = parse_authority(scheme->rest.substr(0, scheme->rest.find_first_of("/?#")));
  if (authority.host.empty()) return {};
  if (authority.port == 0) authority.port = default_port(scheme->name);
  return authority;
}

std::string forwarded_client(std::string_view x_forwarded_for, std::string_view forwarded) {
  std::string client = parse_node(x_forwarded_for.substr(0, x_forwarded_for.find(',')));
  return client.empty() ? parse_node(first_for(forwarded)) : client;
}

}  // namespace mogura::protocol
