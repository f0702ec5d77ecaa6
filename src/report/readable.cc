#include "report/readable.h"

namespace mogura::report {

std::string readable_text(std::string_view bytes) {
  constexpr std::size_t kWorthShowing = 4;
  std::string_view best;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= bytes.size(); ++i) {
    if (i < bytes.size() && bytes[i] >= 0x20 && bytes[i] < 0x7f) continue;
    if (i - begin > best.size()) best = bytes.substr(begin, i - begin);
    begin = i + 1;
  }
  return best.size() < kWorthShowing ? std::string{} : std::string(best);
}

}  // namespace mogura::report
