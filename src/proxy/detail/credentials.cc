#include "proxy/detail/credentials.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace mogura::proxy::detail {
namespace {

constexpr std::string_view kScheme = "basic";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> make_digits() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    digits[static_cast<std::uint8_t>(kLetters[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

std::optional<std::string> decode_base64(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1 || text.size() / 4 * 3 > kCredentialsBytes) return std::nullopt;
  std::string decoded;
  decoded.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::uint8_t digit = kDigits[static_cast<std::uint8_t>(c)];
    if (digit == kNoDigit) return std::nullopt;
    bits = bits << 6 | digit;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += static_cast<char>(static_cast<std::uint8_t>(bits >> count));
  }
  return decoded;
}

bool is_control(char c) {
  return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F;
}

}  // namespace

Credentials::~Credentials() {
  explicit_bzero(text.data(), text.size());
}

std::optional<Credentials> parse_basic(std::string_view value) {
  if (value.size() <= kScheme.size() || !equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  value.remove_prefix(kScheme.size());
  if (value.front() != ' ') return std::nullopt;
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  std::optional<std::string> decoded = decode_base64(value);
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos || decoded->size() > kCredentialsBytes ||
      std::any_of(decoded->begin(), decoded->end(), is_control)) {
    return std::nullopt;
  }
  return Credentials(std::move(*decoded), colon);
}

}  // namespace mogura::proxy::detail
