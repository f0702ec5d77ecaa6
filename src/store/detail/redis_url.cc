#include "store/detail/redis_url.h"

#include <charconv>
#include <optional>

namespace mogura::store::detail {
namespace {

constexpr std::size_t kMostBytes = 2048;  // of a URL

auto refuse(std::string cause) {
  return fail(ErrorCode::kUsage, "the address of the Redis server", std::move(cause));
}

template <class Integer>
std::optional<Integer> number(std::string_view text, int base = 10) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// No NUL: names and paths end there for the operating system.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint8_t byte = static_cast<std::uint8_t>(text[i]);
    if (byte == '%') {
      const auto value = number<std::uint8_t>(text.substr(i + 1, 2), 16);
      if (!value || text.size() - i < 3) return std::nullopt;
      byte = *value;
      i += 2;
    }
    if (byte == 0) return std::nullopt;
    out.push_back(static_cast<char>(byte));
  }
  return out;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// What stands before the @.
bool read_credentials(std::string_view text, RedisUrl& url) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  auto user = unescape(text.substr(0, colon)), password = unescape(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  url.user = std::move(*user);
  url.password = std::move(*password);
  return true;
}

bool read_database(std::string_view text, RedisUrl& url) {
  const auto database = number<std::uint32_t>(text);
  if (database) url.database = *database;
  return database.has_value();
}

// host[:port] or [address][:port]
bool read_place(std::string_view text, RedisUrl& url) {
  const bool is_bracketed = text.starts_with('[');
  const std::size_t end = is_bracketed ? text.find(']') : text.find(':');
  const std::string_view host = text.substr(is_bracketed ? 1 : 0, end - (is_bracketed ? 1 : 0));
  if (host.empty() || (is_bracketed && end == std::string_view::npos)) return false;
  url.host = host;
  std::string_view rest = end == std::string_view::npos ? "" : text.substr(end + (is_bracketed ? 1 : 0));
  if (rest.empty()) return true;
  const auto port = take_prefix(rest, ":") ? number<std::uint16_t>(rest) : std::nullopt;
  if (!port || *port == 0) return false;
  url.port = *port;
  return true;
}

Result<RedisUrl> read_network(std::string_view text, RedisUrl url) {
  const std::size_t slash = text.find('/');
  if (!read_place(text.substr(0, slash), url)) return refuse("needs a host, and a port from 1 to 65535");
  if (slash == std::string_view::npos || slash + 1 == text.size()) return url;
  if (!read_database(text.substr(slash + 1), url)) return refuse("needs the number of a database behind /");
  return url;
}

Result<RedisUrl> read_unix(std::string_view text, RedisUrl url) {
  const std::size_t question = text.find('?');
  auto path = unescape(text.substr(0, question));
  if (!path || !path->starts_with('/')) return refuse("needs the absolute path of a socket");
  url.path = std::move(*path);
  if (question == std::string_view::npos) return url;
  std::string_view query = text.substr(question + 1);
  if (!take_prefix(query, "db=") || !read_database(query, url)) return refuse("knows ?db=NUMBER alone");
  return url;
}

}  // namespace

std::string RedisUrl::place() const {
  if (host.empty()) return path;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<RedisUrl> parse_redis_url(std::string_view text) {
  if (text.size() > kMostBytes) return refuse("is longer than 2048 bytes");
  if (text.starts_with("rediss://")) return refuse("TLS is not supported");
  const bool is_unix = take_prefix(text, "redis+unix://");
  if (!is_unix && !take_prefix(text, "redis://")) return refuse("begins with redis:// or redis+unix://");
  RedisUrl url;
  // Passwords hold anything; hosts, ports and databases no @, and paths can write %40.
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (!read_credentials(text.substr(0, at), url)) {
      return refuse("needs USER:PASSWORD or :PASSWORD before the @, special characters as %XX");
    }
    text.remove_prefix(at + 1);
  }
  return is_unix ? read_unix(text, std::move(url)) : read_network(text, std::move(url));
}

}  // namespace mogura::store::detail
