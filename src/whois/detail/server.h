#pragma once

// Which whois server, and what may be asked of it. Names come from users and, as referrals, from other
// servers: the latter must not send us to machines inside the network, nor to a port that is not whois.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace mogura::whois::detail {

inline constexpr std::uint16_t kWhoisPort = 43;
inline constexpr std::size_t kHostBytes = 253;
inline constexpr std::size_t kQueryBytes = 255;

struct Server {
  bool operator==(const Server&) const = default;
  std::string host;  // a name in lower case or an address, without brackets
  std::uint16_t port = kWhoisPort;
  // "host", or "host:port" where the port is not whois's own; "[v6]:port".
  [[nodiscard]] std::string text() const;
};

// HOST, HOST:PORT, [V6], [V6]:PORT, V6, whois://HOST[:PORT][/...]. Nothing for other schemes and other text.
std::optional<Server> server_in(std::string_view text);

// A name, an address, a network or AS number, as one word: no blanks, control characters or leading "-".
bool is_query(std::string_view query);
// The line that this server wants for it, with its end.
std::string query_line(const Server& server, std::string_view query);

// False for loopback, private, link-local, shared, multicast, documentation and unspecified addresses.
bool is_public(const Address& address);

}  // namespace mogura::whois::detail
