#include "population/detail/sentence.h"

#include <algorithm>
#include <cmath>

namespace mogura::population::detail {

std::string counted(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count);
  text += ' ';
  text += noun;
  if (count != 1) text += 's';
  return text;
}

std::string decimal(double value) {
  const long long tenths = std::llround(std::clamp(value, 0.0, 1e15) * 10);
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text;
}

std::string in_quotes(std::string_view name) {
  const bool is_cut = name.size() > kNamedBytes;
  if (is_cut) {
    std::size_t end = kNamedBytes;
    const auto is_inside = [&](std::size_t i) {
      return (static_cast<unsigned char>(name[i]) & 0xC0) == 0x80;
    };
    while (end > kNamedBytes - 4 && is_inside(end)) --end;
    name = name.substr(0, end);
  }
  std::string text = "\"";
  text += name;
  text += is_cut ? "…\"" : "\"";
  return text;
}

}  // namespace mogura::population::detail
