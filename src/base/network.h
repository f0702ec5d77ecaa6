#pragma once

// A network in CIDR notation (RFC 4632, RFC 4291 §2.3), as lists of clients and destinations are written. Any
// thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace mogura {

// An address alone is a network of one. An IPv4 network contains IPv4-mapped IPv6 addresses of it.
struct Network {
  Address address;
  unsigned prefix = 0;  // bits, of 32 for IPv4, of 128 for IPv6

  // "10.0.0.0/8", "2001:db8::/32", "10.1.2.3". Bits behind the prefix are ignored. Anything else: nothing.
  static std::optional<Network> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& other) const;
  // 10.0.0.0/8; the address alone where it is a network of one.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace mogura
