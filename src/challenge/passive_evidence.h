#pragma once

// What was noticed about a program without asking it anything, in the form of `finding`'s evidence: a code, a
// sentence, a weight and the numbers behind it. docs/guides/scores.md has every code and weight. Plain
// values; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::challenge {

struct Evidence {
  std::string code;  // "header-order-of-another-program", …
  std::string text;  // one plain sentence with its numbers, without a full stop; hostile names in it
  double weight = 0;
  std::optional<double> observed{};
  std::optional<double> expected{};
};

// "event":"passive": what there is against a program at a host, when it has become more.
struct PassiveEvent {
  double score = 0;
  std::vector<Evidence> evidence{};  // heaviest first
};

// The score that `finding` would give: the contradictions' and the cookies' sums are cut first (their weights
// scaled down together, rounded down to hundredths), then all weights are added, cut to 0…1 and rounded to
// two decimals. Puts the heaviest first and drops what weighs nothing.
double combine(std::vector<Evidence>& evidence);

}  // namespace mogura::challenge
