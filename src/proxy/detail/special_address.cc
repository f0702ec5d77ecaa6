#include "proxy/detail/special_address.h"

#include <algorithm>
#include <array>

namespace mogura::proxy::detail {
namespace {

struct V4Block {
  std::uint32_t bits;
  unsigned prefix;
};
constexpr std::array kInsideV4{
    V4Block{0x00000000, 8},   // this network, RFC 791; Linux takes 0.0.0.0 for loopback
    V4Block{0x0A000000, 8},   // private, RFC 1918
    V4Block{0x64400000, 10},  // carriers' shared space, RFC 6598
    V4Block{0x7F000000, 8},   // loopback
    V4Block{0xA9FE0000, 16},  // link-local, RFC 3927; where clouds keep their machines' secrets
    V4Block{0xAC100000, 12},  // private
    V4Block{0xC0000000, 24},  // protocol assignments, RFC 6890
    V4Block{0xC0A80000, 16},  // private
    V4Block{0xE0000000, 4},   // multicast, RFC 5771
    V4Block{0xF0000000, 4},   // reserved, RFC 1112, and broadcast
};

// The first 64 bits decide.
struct V6Block {
  std::uint64_t high;
  unsigned prefix;
};
constexpr std::array kInsideV6{
    V6Block{0x0064FF9B00010000, 48},  // local NAT64, RFC 8215: leads to wherever its operator says
    V6Block{0xFC00000000000000, 7},   // unique local, RFC 4193
    V6Block{0xFE80000000000000, 10},  // link-local
    V6Block{0xFEC0000000000000, 10},  // site-local, RFC 3879
    V6Block{0xFF00000000000000, 8},   // multicast
};

bool is_inside_v4(std::uint32_t bits) {
  return std::any_of(kInsideV4.begin(), kInsideV4.end(), [bits](const V4Block& block) {
    return ((bits ^ block.bits) >> (32 - block.prefix)) == 0;
  });
}

constexpr std::uint32_t low_half(std::uint64_t word) {
  return static_cast<std::uint32_t>(word);
}

bool carries_inside_v4(std::uint64_t high, std::uint64_t low) {
  const bool is_nat64 = high == 0x0064FF9B00000000 && low >> 32 == 0;
  const bool is_siit = high == 0 && low >> 32 == 0xFFFF0000;
  const bool is_isatap = (low >> 32 & 0xFDFFFFFF) == 0x00005EFE;  // with either value of the universal bit
  if ((is_nat64 || is_siit || is_isatap) && is_inside_v4(low_half(low))) return true;
  if (high >> 48 == 0x2002) return is_inside_v4(low_half(high >> 16));
  // Teredo: its server, and the client's address with all bits turned over.
  if (high >> 32 == 0x20010000) return is_inside_v4(low_half(high)) || is_inside_v4(low_half(~low));
  return false;
}

}  // namespace

bool is_inside(const Address& address) {
  if (address.is_v4()) return is_inside_v4(address.v4_bits());
  const std::uint64_t high = address.high();
  // Unspecified, loopback and all that is IPv4-compatible, which nobody routes.
  if (high == 0 && address.low() >> 32 == 0) return true;
  const bool is_in_block = std::any_of(kInsideV6.begin(), kInsideV6.end(), [high](const V6Block& block) {
    return ((high ^ block.high) >> (64 - block.prefix)) == 0;
  });
  return is_in_block || carries_inside_v4(high, address.low());
}

}  // namespace mogura::proxy::detail
