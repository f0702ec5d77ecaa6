#include "identity/detail/verdict.h"

#include <algorithm>
#include <utility>

namespace mogura::identity::detail {
namespace {

bool holds(const Rule& rule, const Hits& hits) {
  return std::all_of(rule.conditions.begin(), rule.conditions.end(),
                     [&](ConditionId condition) { return hits.find(condition) != nullptr; });
}

// The rules that hold, each once, heaviest first.
std::vector<std::uint32_t> rules_that_hold(const Index& index, const Hits& hits, bool user_agent_only) {
  std::vector<std::uint32_t> rules;
  for (const Hits::Hit& hit : hits.hits()) {
    for (const std::uint32_t id : index.rules_with(hit.condition)) {
      const Rule& rule = index.rule(id);
      if (user_agent_only && !rule.is_user_agent) continue;
      // A combination comes up once with each of its conditions.
      if (rule.conditions.front() == hit.condition && holds(rule, hits)) rules.push_back(id);
    }
  }
  std::stable_sort(rules.begin(), rules.end(), [&](std::uint32_t a, std::uint32_t b) {
    return index.rule(a).weight > index.rule(b).weight;
  });
  return rules;
}

Candidate& candidate_for(std::uint32_t product, std::vector<Candidate>& candidates) {
  const auto known = std::find_if(candidates.begin(), candidates.end(),
                                  [product](const Candidate& c) { return c.product == product; });
  if (known != candidates.end()) return *known;
  candidates.emplace_back().product = product;
  return candidates.back();
}

void count(const Rule& rule, const Hits& hits, bool user_agent_only, Candidate& candidate) {
  double& weight = candidate.weights[static_cast<std::size_t>(rule.kind)];
  weight = std::max(weight, rule.weight);
  candidate.has_strong = candidate.has_strong || user_agent_only || !rule.is_weak;
  candidate.has_proof = candidate.has_proof || rule.is_proof;
  for (const ConditionId condition : rule.conditions) {
    const std::uint32_t clue = hits.find(condition)->clue;
    if (std::find(candidate.clues.begin(), candidate.clues.end(), clue) == candidate.clues.end()) {
      candidate.clues.push_back(clue);
    }
  }
}

// Which of two names says more; the lower level, if it is sure; then the surer one.
bool says_more(const Index& index, const Candidate& a, const Candidate& b) {
  const double sure_a = a.confidence();
  const double sure_b = b.confidence();
  if ((sure_a >= kSure) != (sure_b >= kSure)) return sure_a >= kSure;
  const unsigned level_a = index.products()[a.product].level;
  const unsigned level_b = index.products()[b.product].level;
  if (level_a != level_b) return level_a < level_b;
  if (sure_a != sure_b) return sure_a > sure_b;
  return a.product < b.product;
}

const Candidate* best(const Index& index, const std::vector<Candidate>& candidates, bool with_proof) {
  const Candidate* chosen = nullptr;
  for (const Candidate& candidate : candidates) {
    if (!candidate.has_strong || candidate.has_proof != with_proof || candidate.confidence() < kNamed)
      continue;
    if (chosen == nullptr || says_more(index, candidate, *chosen)) chosen = &candidate;
  }
  return chosen;
}

}  // namespace

double Candidate::confidence() const {
  double doubt = 1;
  for (const double weight : weights) doubt *= 1 - weight;
  return std::min(1 - doubt, kSurest);
}

std::vector<Candidate> candidates(const Index& index, const Hits& hits, bool user_agent_only) {
  std::vector<Candidate> found;
  for (const std::uint32_t id : rules_that_hold(index, hits, user_agent_only)) {
    const Rule& rule = index.rule(id);
    count(rule, hits, user_agent_only, candidate_for(rule.product, found));
  }
  return found;
}

const Candidate* choose(const Index& index, const std::vector<Candidate>& candidates) {
  const Candidate* proven = best(index, candidates, true);
  const Candidate* claimed = best(index, candidates, false);
  if (proven == nullptr || claimed == nullptr) return proven != nullptr ? proven : claimed;
  // A name can be lied about, bytes less so. But a claim of the same class tells which product it is.
  const Product& proof = index.products()[proven->product];
  const Product& claim = index.products()[claimed->product];
  return proof.cls == claim.cls && claim.level < proof.level ? claimed : proven;
}

}  // namespace mogura::identity::detail
