#pragma once

// Conditions as other programs' rules want them: a rule is a list of conditions that must all hold, so a
// pattern with `any` becomes several rules.

#include <cstddef>
#include <vector>

#include "pattern/pattern.h"

namespace mogura::pattern::detail {

using Alternative = std::vector<const Condition*>;  // none is all or any; into the pattern
inline constexpr std::size_t kAlternatives = 16;    // rules that one pattern may become

// Empty where there would be more than kAlternatives.
std::vector<Alternative> alternatives_of(const Condition& condition);

}  // namespace mogura::pattern::detail
