#include "base/text.h"

namespace mogura {
namespace {

template <class IsSame>
bool fits(std::string_view text, std::string_view glob, IsSame&& is_same) {
  std::size_t t = 0;
  std::size_t g = 0;
  std::size_t star = std::string_view::npos;  // the last "*" met
  std::size_t resume = 0;                     // behind what it takes of the text
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && is_same(glob[g], text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;  // it takes one character more
      t = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = lower(c);
  return lowered;
}

bool fits_glob(std::string_view text, std::string_view glob) {
  return fits(text, glob, [](char a, char b) { return a == b; });
}

bool fits_glob_ignoring_case(std::string_view text, std::string_view glob) {
  return fits(text, glob, [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace mogura
