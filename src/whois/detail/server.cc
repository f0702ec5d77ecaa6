#include "whois/detail/server.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace mogura::whois::detail {
namespace {

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostBytes && host.front() != '-' && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), is_host_char);
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return {};
  return port;
}

std::optional<Server> server_at(std::string_view host, std::string_view port) {
  Server server;
  server.host = host;
  if (!port.empty()) {
    const auto number = port_in(port);
    if (!number) return {};
    server.port = *number;
  }
  return server;
}

// "[v6]" or "[v6]:port"
std::optional<Server> bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return {};
  const auto address = Address::parse(text.substr(1, close - 1));
  const std::string_view rest = text.substr(close + 1);
  if (!address || (!rest.empty() && (rest.front() != ':' || rest.size() < 2))) return {};
  return server_at(address->to_string(), rest.empty() ? rest : rest.substr(1));
}

struct Dialect {
  std::string_view host, before, after;
};

// Servers that want more than the bare word.
constexpr std::array<Dialect, 4> kDialects = {{
    {"whois.verisign-grs.com", "domain ", ""},  // else it lists everything that contains the word
    {"whois.denic.de", "-T dn,ace ", ""},       // else it tells only whether the name is taken
    {"whois.jprs.jp", "", "/e"},                // in English
    {"whois.nic.ad.jp", "", "/e"},
}};

struct Block {
  Address network;
  unsigned prefix;  // of the 128 bits
};

Address v6(std::uint64_t high, std::uint64_t low = 0) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return Address::from_bytes(bytes);
}

bool is_in(const Address& address, const Block& block) {
  const auto differs = [](std::uint64_t a, std::uint64_t b, unsigned bits) {
    return bits != 0 && ((a ^ b) >> (64 - bits)) != 0;
  };
  return !differs(address.high(), block.network.high(), std::min(block.prefix, 64u)) &&
         !(block.prefix > 64 && differs(address.low(), block.network.low(), block.prefix - 64));
}

// IANA's special-purpose registries, as far as they are not globally reachable.
const std::array<Block, 24>& special_blocks() {
  static const std::array<Block, 24> blocks = {{
      {Address::v4(0x00000000), 96 + 8},   // 0.0.0.0/8
      {Address::v4(0x0A000000), 96 + 8},   // 10.0.0.0/8
      {Address::v4(0x64400000), 96 + 10},  // 100.64.0.0/10
      {Address::v4(0x7F000000), 96 + 8},   // 127.0.0.0/8
      {Address::v4(0xA9FE0000), 96 + 16},  // 169.254.0.0/16
      {Address::v4(0xAC100000), 96 + 12},  // 172.16.0.0/12
      {Address::v4(0xC0000000), 96 + 24},  // 192.0.0.0/24
      {Address::v4(0xC0000200), 96 + 24},  // 192.0.2.0/24
      {Address::v4(0xC0A80000), 96 + 16},  // 192.168.0.0/16
      {Address::v4(0xC6120000), 96 + 15},  // 198.18.0.0/15
      {Address::v4(0xC6336400), 96 + 24},  // 198.51.100.0/24
      {Address::v4(0xCB007100), 96 + 24},  // 203.0.113.0/24
      {Address::v4(0xE0000000), 96 + 3},   // 224.0.0.0/4, 240.0.0.0/4
      {v6(0), 96},                         // ::, ::1, and IPv4-compatible
      {v6(0x0064FF9B00010000), 48},        // 64:ff9b:1::/48
      {v6(0x0064FF9B00000000), 96},        // 64:ff9b::/96: an IPv4 address in disguise
      {v6(0x0100000000000000), 64},        // 100::/64
      {v6(0x2001000000000000), 23},        // 2001::/23, Teredo among it
      {v6(0x20010DB800000000), 32},        // 2001:db8::/32
      {v6(0x2002000000000000), 16},        // 2002::/16: 6to4, likewise in disguise
      {v6(0xFC00000000000000), 7},         // fc00::/7
      {v6(0xFE80000000000000), 10},        // fe80::/10
      {v6(0xFEC0000000000000), 10},        // fec0::/10
      {v6(0xFF00000000000000), 8},         // ff00::/8
  }};
  return blocks;
}

}  // namespace

std::string Server::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text = is_v6 && port != kWhoisPort ? '[' + host + ']' : host;
  if (port != kWhoisPort) text += ':' + std::to_string(port);
  return text;
}

std::optional<Server> server_in(std::string_view text) {
  const std::string small = lower(text);
  std::string_view rest = small;
  const std::size_t scheme = rest.find("://");
  if (scheme != std::string_view::npos) {
    if (rest.substr(0, scheme) != "whois") return {};
    rest.remove_prefix(scheme + 3);
    rest = rest.substr(0, rest.find('/'));
  }
  if (rest.starts_with('[')) return bracketed(rest);
  if (const auto address = Address::parse(rest)) return server_at(address->to_string(), {});
  const std::size_t colon = rest.find(':');
  const std::string_view host = rest.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  if (!is_host(host) || (colon != std::string_view::npos && port.empty())) return {};
  return server_at(host, port);
}

bool is_query(std::string_view query) {
  if (query.empty() || query.size() > kQueryBytes || query.front() == '-') return false;
  return std::all_of(query.begin(), query.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string query_line(const Server& server, std::string_view query) {
  std::string line(query);
  const bool is_name = !Address::parse(query);
  for (const Dialect& dialect : kDialects) {
    const bool wants_names = dialect.host != "whois.nic.ad.jp";
    if (dialect.host == server.host && is_name == wants_names) {
      line = std::string(dialect.before) + line + std::string(dialect.after);
    }
  }
  if (server.host == "whois.arin.net" && !is_name) line = "n + " + line;
  return line + "\r\n";
}

bool is_public(const Address& address) {
  const auto& blocks = special_blocks();
  return std::none_of(blocks.begin(), blocks.end(),
                      [&](const Block& block) { return is_in(address, block); });
}

}  // namespace mogura::whois::detail
