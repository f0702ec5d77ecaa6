#include "population/detail/by_client.h"

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

// Two clients with x, one of which also has y: three pairs of client and site with x, one with y.
testing::Day three_and_one() {
  return {session_of({1, "a.com", "x/1", "1301", 0}), session_of({1, "b.com", "x/1", "1301", 0}),
          session_of({2, "a.com", "x/1", "1301", 0}), session_of({2, "c.com", "y/1", "1302", 0})};
}

TEST(ByClient, SharesAreThoseOfPairsOfClientAndSite) {
  const Facts facts = facts_of(three_and_one());
  EXPECT_NEAR(facts.draws[0].chance_of_at_most(1, 2), 0.75 * 0.75 + 0.25 * 0.25, 1e-12);
  EXPECT_NEAR(facts.draws[1].expected(1), 1, 1e-12);
  EXPECT_EQ(facts.drawers[0], 2u);
}

TEST(ByClient, CountsClientsAndBusiestClientOfPrograms) {
  testing::Day day = three_and_one();
  for (std::uint32_t step = 1; step < 4; ++step) day.push_back(session_of({2, "a.com", "x/1", "1301", step}));
  const Facts facts = facts_of(day);
  EXPECT_EQ(facts.programs[0][0].clients, 2u);
  EXPECT_EQ(facts.programs[0][0].busiest, 4u);
  EXPECT_EQ(facts.programs[0][1].clients, 1u);
}

TEST(ByClient, RarenessIsThatOfEachClientsRarestKind) {
  const Facts facts = facts_of(three_and_one());
  EXPECT_EQ(facts.names_rareness.at_most, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(facts.lists_rareness.at_most, (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(ByClient, BrowsesWithABrowserThatGoesToEnoughSites) {
  testing::Day day;
  for (std::uint32_t site = 0; site < kBrowsingDomains; ++site) {
    const std::string host = "a" + std::to_string(site) + ".com";
    day.push_back(session_of(testing::browse(1, host, 0)));
    day.push_back(session_of({2, host, "curl/8", "", 0}));
    if (site > 0) day.push_back(session_of(testing::browse(3, host, 0)));
  }
  const Facts facts = facts_of(day);
  for (std::size_t i = 0; i < facts.uses.size(); ++i) {
    EXPECT_EQ(facts.browses[i], facts.uses[i].client == 0) << i;
  }
}

TEST(ByClient, KnowsWhichListsAnEngineOffers) {
  testing::Day day;
  for (std::uint32_t client = 1; client <= 6; ++client)
    day.push_back(session_of(testing::browse(client, "a.com", client)));
  day.push_back(session_of({1, "b.com", testing::browser_of(1), "odd", 0}));
  const Facts facts = facts_of(day);
  const std::uint32_t chrome = facts.engine_ids[facts.uses[0].user_agent];
  EXPECT_EQ(facts.engines.at(chrome).clients, 4u) << "clients 1, 2, 4, 5";
  EXPECT_EQ(facts.engine_lists.at(engine_list_key(chrome, facts.uses[0].cipher_list)).clients_with_no_other,
            3u);
  EXPECT_EQ(facts.engine_lists.at(engine_list_key(chrome, facts.uses.back().cipher_list)).clients, 1u);
  EXPECT_EQ(facts.engines.at(chrome).clients_with_alpn, 4u);
  EXPECT_EQ(facts.engines.at(chrome).clients_without_alpn, 0u);
}

}  // namespace
}  // namespace mogura::population::detail
