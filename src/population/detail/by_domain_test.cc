#include "population/detail/by_domain.h"

#include <gtest/gtest.h>

#include "population/detail/office_test.h"

namespace mogura::population::detail {
namespace {

using testing::session_of;

Facts facts_of(const testing::Day& day) {
  Groups groups;
  Uses uses{Limits{}};
  for (const session::Session& session : day) uses.add(groups.add(session), session);
  return gather(groups, uses);
}

TEST(ByDomain, TakesHostsOfOneDomainTogether) {
  const Facts facts =
      facts_of({session_of({1, "www.a.com", "x", "1301", 0}), session_of({2, "img.a.com", "y", "", 0}),
                session_of({2, "img.a.com", "y", "", 1}), session_of({2, "www.a.com", "-", "1301", 2})});
  ASSERT_EQ(facts.domains.size(), 1u);
  const DomainFacts& domain = facts.domains[0];
  EXPECT_EQ(domain.clients, 2u);
  EXPECT_EQ(domain.visits, 4u);
  EXPECT_EQ(domain.busiest, 3u);
  EXPECT_EQ(domain.programs, (std::array<std::uint32_t, 2>{2, 1}));
  EXPECT_EQ(domain.program_clients, (std::array<std::uint32_t, 2>{2, 2}));
  EXPECT_TRUE(domain.has_nameless);
  EXPECT_EQ(facts.nameless_domains, 1u);
}

TEST(ByDomain, CountsUserAgentsOfOneClientWithOneHello) {
  const Facts facts = facts_of({session_of({1, "a.com", "x", "", 0}), session_of({1, "a.com", "y", "", 0}),
                                session_of({1, "a.com", "z", "1301", 0}),
                                session_of({2, "a.com", "u", "", 0}), session_of({2, "b.com", "v", "", 0})});
  EXPECT_EQ(facts.domains[0].most_names, 2u);
  EXPECT_EQ(facts.domains[1].most_names, 1u);
  EXPECT_EQ(facts.names_of_one_client, (std::vector<std::uint32_t>{2, 2, 1}));
}

TEST(ByDomain, FindsTheProgramThatGoesNowhereElseAndItsEqualsInVisits) {
  testing::Day day = testing::office(20);
  testing::append(day, testing::beacon(3, "b.net", "Odd/1", 12));
  const Facts facts = facts_of(day);
  const auto found = std::find_if(facts.domains.begin(), facts.domains.end(),
                                  [](const DomainFacts& d) { return d.own[0].program != kNone; });
  ASSERT_NE(found, facts.domains.end());
  EXPECT_EQ(found->own[0].visits, 12u);
  EXPECT_EQ(found->own[0].compared, 19u) << "all but its own client";
  EXPECT_GT(found->own[0].expected, 4);
  EXPECT_EQ(found->main_user_agent, found->own[0].program);
}

TEST(ByDomain, AProgramThatSharesItsSiteOwnsNothing) {
  testing::Day day = testing::office(20);
  testing::append(day, testing::beacon(3, "b.net", "Odd/1", 12));
  for (std::uint32_t step = 0; step < 4; ++step) day.push_back(session_of(testing::browse(4, "b.net", step)));
  for (const DomainFacts& domain : facts_of(day).domains) EXPECT_EQ(domain.own[0].program, kNone);
}

TEST(ByDomain, SortsClientsOfComparableDomains) {
  const Facts facts = facts_of({session_of({1, "a.com", "x", "", 0}), session_of({2, "a.com", "y", "", 0}),
                                session_of({1, "b.com", "x", "", 0}), session_of({1, "b.com", "x", "", 1})});
  EXPECT_EQ(facts.domain_clients[1], (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(facts.domain_clients[2], (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(facts.program_clients[0][1], (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(facts.program_clients[0].back(), (std::vector<std::uint32_t>{1, 2}));
}

}  // namespace
}  // namespace mogura::population::detail
