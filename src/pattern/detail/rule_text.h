#pragma once

// What the exporters share: numbers for rules, titles, and hostile text made safe for each language.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/exporters.h"
#include "pattern/pattern.h"

namespace mogura::pattern::detail {

// In the range for local rules (1,000,000 to 1,999,999), the same for the same id and number; the caller
// resolves collisions.
std::uint32_t rule_number(std::string_view id, std::size_t alternative);

// ASCII letters, digits and a few signs that mean nothing in any rule language; the rest as "_".
std::string title_of(const Pattern& pattern);
// For Suricata's and Snort's `content`: letters and digits as they are, all else as |3b|.
std::string content_of(std::string_view bytes);
// For Zeek's regular expressions: letters and digits as they are, all else as \x3b.
std::string regex_of(std::string_view bytes);
// "a*bc*" as "a", "bc".
std::vector<std::string> pieces_of_glob(std::string_view glob);

// Bytes between wildcards, with their offset from the condition's first byte.
struct FixedRun {
  std::size_t at = 0;
  std::string bytes;
};
std::vector<FixedRun> fixed_runs(const BytesCondition& condition);
// Where the place of bytes cannot be asked for, fewer than this stand anywhere by chance.
inline constexpr std::size_t kBytesWithoutPlace = 4;
bool is_rare_anywhere(const BytesCondition& condition);

// Collects what is lost of one pattern, each thing once: in a comment before its rules, and in the list.
class Losses {
 public:
  Losses(const Pattern& pattern, Exported& out) : pattern_(pattern), out_(out) {}
  void add(std::string what);
  // "# id: what" a line; ends with a line break where it is not empty.
  [[nodiscard]] std::string comments() const;

 private:
  const Pattern& pattern_;
  Exported& out_;
  std::vector<std::string> mine_;
};

}  // namespace mogura::pattern::detail
