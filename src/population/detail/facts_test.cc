#include "population/detail/facts.h"

#include <gtest/gtest.h>

#include "population/detail/office_test.h"

namespace mogura::population::detail {
namespace {

using testing::session_of;

struct Small {
  Small(std::initializer_list<testing::Visit> visits) : groups(Limits{}), uses(Limits{}) {
    for (const testing::Visit& visit : visits) {
      const session::Session session = session_of(visit);
      uses.add(groups.add(session), session);
    }
  }
  Groups groups;
  Uses uses;
};

TEST(Facts, CountClientsThatDoTheSameOnce) {
  const Small small{
      {1, "a.com", "x", "", 0}, {2, "a.com", "x", "", 0}, {2, "a.com", "x", "", 1}, {3, "a.com", "y", "", 0}};
  const Facts facts = gather(small.groups, small.uses);
  EXPECT_EQ(facts.clients, 2u);
  ASSERT_EQ(facts.uses.size(), 2u);
  EXPECT_EQ(facts.uses[0].visits, 2) << "the one with most visits stands for both";
  EXPECT_EQ(facts.domains[0].clients, 2u);
}

TEST(Facts, GroupPutsEachItemWithItsGroupInOrder) {
  const std::vector<std::uint32_t> group_of{2, 0, 2, 1, 2};
  const Grouped grouped(4, group_of.size(), [&](std::uint32_t i) { return group_of[i]; });
  const auto members = [&](std::size_t group) {
    return std::vector<std::uint32_t>(grouped[group].begin(), grouped[group].end());
  };
  EXPECT_EQ(members(0), (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(members(2), (std::vector<std::uint32_t>{0, 2, 4}));
  EXPECT_TRUE(members(3).empty());
}

TEST(Facts, ChooseThePairThatGoesToMostSites) {
  const Small small{{1, "a.com", "x", "1301", 0}, {1, "b.com", "x", "1302", 0}, {1, "c.com", "x", "1302", 0}};
  const Facts facts = gather(small.groups, small.uses);
  ASSERT_EQ(facts.pairs.size(), 2u);
  EXPECT_EQ(facts.pairs[facts.main_pair[0]].second, 1u);
}

TEST(Facts, OfNobodyAreEmpty) {
  const Facts facts = gather(Groups{}, Uses{Limits{}});
  EXPECT_EQ(facts.clients, 0u);
  EXPECT_TRUE(facts.domains.empty());
}

}  // namespace
}  // namespace mogura::population::detail
