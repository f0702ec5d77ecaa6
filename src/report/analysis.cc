#include "report/analysis.h"

namespace mogura::report {

void set_groups(Analysis& analysis, const population::Groups& groups, std::size_t rows) {
  analysis.breakdown = groups.breakdown();
  population::NotListed not_listed;
  for (std::size_t t = 0; t < population::kGroupTables; ++t) {
    const auto by = static_cast<population::GroupBy>(t);
    analysis.groups[t] = {groups.top(by, rows), groups.size(by)};
    not_listed.keys += groups.not_listed(by).keys;
    not_listed.sessions += groups.not_listed(by).sessions;
  }
  analysis.counters.emplace_back("groups_not_listed", not_listed.keys);
  analysis.counters.emplace_back("group_sessions_not_listed", not_listed.sessions);
}

}  // namespace mogura::report
