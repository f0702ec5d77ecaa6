#pragma once

// Writes patterns for other programs. What a format cannot express is said, not dropped silently: as a
// comment beside the rule, and in `losses`.

#include <string>
#include <string_view>
#include <vector>

#include "pattern/pattern.h"

namespace mogura::pattern {

enum class Format : std::uint8_t { kSuricata, kSnort, kZeek, kSigma, kJson };

struct Exported {
  std::string text;
  std::vector<std::string> losses;  // "pattern-id: what could not be expressed and what that means"
};

Exported export_patterns(const std::vector<Pattern>& patterns, Format format);

}  // namespace mogura::pattern
