#include "finding/detail/words.h"

#include <array>
#include <charconv>
#include <cmath>

namespace mogura::finding::detail {

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string cut_text(std::string_view text, std::size_t bytes) {
  constexpr std::string_view kCut = "…";
  const bool is_cut = text.size() == bytes + kCut.size() && text.ends_with(kCut);
  return text.size() <= bytes || is_cut ? std::string(text) : std::string(text.substr(0, bytes)).append(kCut);
}

std::string number(double value) {
  const double size = std::abs(value);
  const int digits = size >= 100 || value == std::round(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 1 : 2;
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

}  // namespace mogura::finding::detail
