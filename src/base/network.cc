#include "base/network.h"

#include <charconv>
#include <cstdint>

namespace mogura {
namespace {

// The first `bits` bits of a word, from the top.
constexpr std::uint64_t top_mask(unsigned bits) {
  return bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits);
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = address->is_v4() ? 32 : 128;
  unsigned prefix = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > bits) return std::nullopt;
  }
  return Network{*address, prefix};
}

bool Network::contains(const Address& other) const {
  if (address.is_v4() != other.is_v4()) return false;
  const unsigned bits = prefix + (address.is_v4() ? 96 : 0);
  const std::uint64_t high = (address.high() ^ other.high()) & top_mask(bits < 64 ? bits : 64);
  const std::uint64_t low = (address.low() ^ other.low()) & top_mask(bits < 64 ? 0 : bits - 64);
  return (high | low) == 0;
}

std::string Network::to_string() const {
  const unsigned all = address.is_v4() ? 32 : 128;
  return prefix == all ? address.to_string() : address.to_string() + "/" + std::to_string(prefix);
}

}  // namespace mogura
