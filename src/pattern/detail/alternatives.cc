#include "pattern/detail/alternatives.h"

namespace mogura::pattern::detail {
namespace {

using On = Condition::On;

// Each of `first` followed by each of `second`.
std::vector<Alternative> combine(const std::vector<Alternative>& first,
                                 const std::vector<Alternative>& second) {
  std::vector<Alternative> both;
  if (first.size() * second.size() > kAlternatives) return both;
  for (const Alternative& a : first) {
    for (const Alternative& b : second) {
      both.push_back(a);
      both.back().insert(both.back().end(), b.begin(), b.end());
    }
  }
  return both;
}

}  // namespace

std::vector<Alternative> alternatives_of(const Condition& condition) {
  if (condition.on != On::kAll && condition.on != On::kAny) return {{&condition}};
  std::vector<Alternative> found;
  if (condition.on == On::kAll) found.emplace_back();
  for (const Condition& part : condition.parts) {
    const std::vector<Alternative> more = alternatives_of(part);
    if (more.empty()) return {};
    if (condition.on == On::kAll)
      found = combine(found, more);
    else
      found.insert(found.end(), more.begin(), more.end());
    if (found.empty() || found.size() > kAlternatives) return {};
  }
  return found;
}

}  // namespace mogura::pattern::detail
