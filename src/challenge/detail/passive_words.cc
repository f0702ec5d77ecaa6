#include "challenge/detail/passive_words.h"

#include <array>
#include <charconv>

namespace mogura::challenge::detail {

std::string number(double value) {
  const double size = std::abs(value);
  const int digits = size >= 100 || value == std::round(value) ? 0 : size >= 1 ? 1 : 2;
  std::array<char, 64> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  return error == std::errc{} ? std::string(text.data(), end) : "?";
}

std::string span(double seconds) {
  if (seconds < 120) return number(seconds) + " s";
  if (seconds < 7200) return number(seconds / 60) + " min";
  return number(seconds / 3600) + " h";
}

std::string share(std::uint64_t part, std::uint64_t of, std::string_view nouns) {
  return std::to_string(part) + " of " + std::to_string(of) + " " + std::string(nouns);
}

}  // namespace mogura::challenge::detail
