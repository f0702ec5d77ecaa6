#include "report/analysis.h"

#include <gtest/gtest.h>

namespace mogura::report {
namespace {

TEST(SetGroups, TakesTheTopOfEachTableAndCountsWhatIsNotListed) {
  Limits limits;
  limits.group_keys = 3;
  population::Groups groups(limits);
  for (const char* destination : {"a:1", "b:1", "c:1", "d:1", "d:1", "b:1"}) {
    session::Session session;
    session.destination = destination;
    groups.add(session);
  }
  Analysis analysis;
  set_groups(analysis, groups, 2);
  EXPECT_EQ(analysis.breakdown.total, 6u);
  ASSERT_EQ(analysis.groups[0].rows.size(), 2u);
  EXPECT_EQ(analysis.groups[0].rows[0].key, "b:1");
  EXPECT_EQ(analysis.groups[0].groups, 3u);
  EXPECT_EQ(analysis.counters,
            (std::vector<Counter>{{"groups_not_listed", 2}, {"group_sessions_not_listed", 4}}))
      << "d:1, in the table of destinations and in that of domains";
}

}  // namespace
}  // namespace mogura::report
