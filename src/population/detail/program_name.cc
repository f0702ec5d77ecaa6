#include "population/detail/program_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mogura::population::detail {
namespace {

struct Token {
  std::string_view text;
  std::string_view name;
};
// The first that occurs decides: browsers carry the tokens of those they are compatible with, after which
// come here those that nobody else carries.
constexpr std::array<Token, 21> kBrowsers{{
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"Edge/", "Edge (old)"},
    {"EdgiOS/", "Edge for iOS"},
    {"OPR/", "Opera"},
    {"Opera", "Opera (old)"},
    {"Vivaldi/", "Vivaldi"},
    {"YaBrowser/", "Yandex"},
    {"SamsungBrowser/", "Samsung"},
    {"CriOS/", "Chrome for iOS"},
    {"FxiOS/", "Firefox for iOS"},
    {"SeaMonkey/", "SeaMonkey"},
    {"Firefox/", "Firefox"},
    {"HeadlessChrome/", "Chrome (headless)"},
    {"Chromium/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"MSIE ", "Internet Explorer"},
    {"Trident/", "Internet Explorer"},
    {"Konqueror", "Konqueror"},
    {"Version/", "Safari"},
    {"Safari/", "Safari"},
}};
// Longest name taken from a User-Agent that is not known.
constexpr std::size_t kNameBytes = 64;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The product: up to its version, or to what follows it.
std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of("/ ;(,"), kNameBytes));
}

// Changes, insertions, losses and exchanges of neighbours that make one word of the other (Damerau and
// Levenshtein, without editing what was exchanged).
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongest = 10;
  if (a.size() > kLongest || b.size() > kLongest) return kLongest;
  std::array<std::array<std::size_t, kLongest + 1>, kLongest + 1> cost{};
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

// Of robots and programs that say "compatible; Name".
std::string_view compatible_name(std::string_view user_agent) {
  constexpr std::string_view kCompatible = "(compatible; ";
  const std::size_t at = user_agent.find(kCompatible);
  return at == std::string_view::npos ? std::string_view{}
                                      : first_word(user_agent.substr(at + kCompatible.size()));
}

}  // namespace

ProgramName program_name_of(std::string_view user_agent) {
  ProgramName program;
  const std::string_view word = first_word(user_agent);
  const bool says_mozilla = word == "Mozilla";
  const auto* browser = std::find_if(kBrowsers.begin(), kBrowsers.end(),
                                     [&](const Token& token) { return contains(user_agent, token.text); });
  if (browser != kBrowsers.end() && (says_mozilla || word == "Opera")) {
    program.name = browser->name;
    program.is_browser = true;
  } else if (says_mozilla) {
    program.name = compatible_name(user_agent);
    if (program.name.empty()) program.name = word;
  } else {
    constexpr std::size_t kNearly = 2;
    program.name = word;
    // Its first letter is what a typist gets right; "Gozilla" is a name of its own.
    program.is_misspelt =
        (word.starts_with('M') || word.starts_with('m')) && distance(word, "Mozilla") <= kNearly;
  }
  program.engine = contains(user_agent, "Chrome/") && program.is_browser ? "Chrome" : program.name;
  return program;
}

}  // namespace mogura::population::detail
