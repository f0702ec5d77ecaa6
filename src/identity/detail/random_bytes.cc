#include "identity/detail/random_bytes.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace mogura::identity::detail {
namespace {

constexpr std::size_t kReadablePrefix = 6;  // so many readable bytes in front are a word
constexpr std::size_t kReadableRun = 20;
constexpr double kFewestBits = 3.4;  // set bits a byte, on average: outside, it is no noise
constexpr double kMostBits = 4.6;

bool is_readable(char c) {
  return c >= 0x20 && c <= 0x7E;
}

std::size_t longest_readable_run(std::string_view bytes) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : bytes) {
    run = is_readable(c) ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

double bits_per_byte(std::string_view bytes) {
  std::size_t bits = 0;
  for (const char c : bytes) bits += static_cast<std::size_t>(std::popcount(static_cast<std::uint8_t>(c)));
  return static_cast<double>(bits) / static_cast<double>(bytes.size());
}

// Framing shows in repeated bytes: zeros of lengths and padding. Noise of n bytes has few of any one value.
bool has_a_favourite(std::string_view bytes) {
  std::size_t counts[256] = {};
  std::size_t most = 0;
  for (const char c : bytes) most = std::max(most, ++counts[static_cast<std::uint8_t>(c)]);
  return most > 4 + bytes.size() / 32;
}

}  // namespace

bool looks_random(std::string_view bytes) {
  if (bytes.size() < kRandomLeast) return false;
  if (std::all_of(bytes.begin(), bytes.begin() + kReadablePrefix, is_readable)) return false;
  const auto readable = std::count_if(bytes.begin(), bytes.end(), is_readable);
  // Of noise three in eight bytes are readable.
  if (static_cast<std::size_t>(readable) * 2 > bytes.size()) return false;
  if (longest_readable_run(bytes) > kReadableRun) return false;
  const double bits = bits_per_byte(bytes);
  return bits > kFewestBits && bits < kMostBits && !has_a_favourite(bytes);
}

}  // namespace mogura::identity::detail
