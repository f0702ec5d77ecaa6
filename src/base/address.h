#pragma once

// IP addresses and endpoints as small values. IPv4 is kept as an IPv4-mapped IPv6 address (RFC 4291
// §2.5.5.2), so that one comparison orders and matches both families; text shows the family it came as. Any
// thread.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace mogura {

class Address {
 public:
  constexpr Address() = default;

  static constexpr Address v4(std::uint32_t host_order) {
    return Address(0, 0x0000FFFF00000000u | host_order);
  }
  // 4 or 16 bytes in network order; anything else is the unspecified address.
  static Address from_bytes(ByteView bytes) {
    if (bytes.size() == 4) return v4(load_be32(bytes.data()));
    if (bytes.size() == 16) return Address(load_be64(bytes.data()), load_be64(bytes.data() + 8));
    return {};
  }
  // Dotted IPv4 or RFC 4291 IPv6 text, without brackets, port or zone. Anything else: nothing.
  static std::optional<Address> parse(std::string_view text);

  [[nodiscard]] constexpr bool is_v4() const { return high_ == 0 && (low_ >> 32) == 0xFFFF; }
  [[nodiscard]] constexpr std::uint64_t high() const { return high_; }
  [[nodiscard]] constexpr std::uint64_t low() const { return low_; }
  [[nodiscard]] constexpr std::uint32_t v4_bits() const { return static_cast<std::uint32_t>(low_); }
  // 10.0.0.1 or, by RFC 5952, 2001:db8::1.
  [[nodiscard]] std::string to_string() const;

  constexpr auto operator<=>(const Address&) const = default;

 private:
  constexpr Address(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  // 10.0.0.1:80 or [2001:db8::1]:80.
  [[nodiscard]] std::string to_string() const;
  // What to_string() writes, with any port from 0 to 65535: nothing else is one. Without brackets nobody
  // could say where an IPv6 address ends.
  static std::optional<Endpoint> parse(std::string_view text);
  constexpr auto operator<=>(const Endpoint&) const = default;
};

}  // namespace mogura
