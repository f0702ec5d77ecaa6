#include "challenge/passive_evidence.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "challenge/detail/passive_weights.h"

namespace mogura::challenge {
namespace {

// As finding/detail/rarity_rule.cc does it.
void cut(std::vector<Evidence>& evidence, std::initializer_list<std::string_view> beginnings, double limit) {
  const auto is_meant = [&](const Evidence& item) {
    return item.weight > 0 &&
           std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
             return std::string_view(item.code).starts_with(beginning);
           });
  };
  double sum = 0;
  for (const Evidence& item : evidence) sum += is_meant(item) ? item.weight : 0;
  if (sum <= limit + 1e-9) return;
  for (Evidence& item : evidence) {
    if (is_meant(item)) item.weight = std::floor(item.weight * limit / sum * 100 + 1e-9) / 100;
  }
}

}  // namespace

double combine(std::vector<Evidence>& evidence) {
  cut(evidence, {"header-", "hello-"}, detail::weights::kContradictionsAtMost);
  cut(evidence, {"cookie-"}, detail::weights::kCookiesAtMost);
  evidence.erase(
      std::remove_if(evidence.begin(), evidence.end(), [](const Evidence& item) { return item.weight == 0; }),
      evidence.end());
  std::stable_sort(evidence.begin(), evidence.end(),
                   [](const Evidence& a, const Evidence& b) { return a.weight > b.weight; });
  double sum = 0;
  for (const Evidence& item : evidence) sum += item.weight;
  return std::round(std::clamp(sum, 0.0, 1.0) * 100) / 100;
}

}  // namespace mogura::challenge
