#include "pattern/detail/number_text.h"

#include <array>
#include <charconv>

namespace mogura::pattern::detail {

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  std::string text(buffer.data(), end);
  // Whole ones may be too large for an integer.
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace mogura::pattern::detail
