#include "population/detail/uses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "population/detail/office_test.h"

namespace mogura::population::detail {
namespace {

using testing::session_of;

struct Both {
  explicit Both(const Limits& limits = {}) : groups(limits), uses(limits) {}
  void add(const session::Session& session) { uses.add(groups.add(session), session); }
  Groups groups;
  Uses uses;
};

TEST(Uses, AreOnePerClientDestinationUserAgentAndCipherList) {
  Both both;
  const testing::Visit first{1, "a.com", "x", "1301", 0};
  both.add(session_of(first));
  both.add(session_of(first));
  for (int change = 0; change < 4; ++change) {
    testing::Visit other = first;
    if (change == 0) other.client = 2;
    if (change == 1) other.host = "b.com";
    if (change == 2) other.user_agent = "-";
    if (change == 3) other.cipher_list = "";
    both.add(session_of(other));
  }
  ASSERT_EQ(both.uses.all().size(), 5u);
  EXPECT_EQ(both.uses.all()[0].sessions, 2u);
  EXPECT_EQ(both.uses.clients_count(), 2u);
  EXPECT_EQ(both.uses.all()[3].user_agent, Counted::kNoKey);
  EXPECT_EQ(both.uses.all()[4].cipher_list, Counted::kNoKey);
}

TEST(Uses, CountAVisitPerStepOfTenSecondsUpToALimit) {
  Both both;
  for (const std::uint32_t step : {0u, 0u, 1u, 0u, 5u}) both.add(session_of({1, "a.com", "x", "", step}));
  EXPECT_EQ(both.uses.all()[0].visits, 3);
  for (std::uint32_t step = 0; step < 2u * kVisitsPerUse; ++step)
    both.add(session_of({1, "a.com", "x", "", step}));
  EXPECT_EQ(both.uses.all()[0].visits, kVisitsPerUse);
}

TEST(Uses, AVisitIsASteadyStepOfTheClock) {
  Both both;
  session::Session session = session_of({1, "a.com", "x", "", 0});
  for (const int second : {0, 9}) {
    session.start = Timestamp(std::chrono::seconds(1'800'000'000 + second));
    both.add(session);
  }
  EXPECT_EQ(both.uses.all()[0].visits, 1);
  session.start = Timestamp(std::chrono::seconds(1'800'000'010));
  both.add(session);
  EXPECT_EQ(both.uses.all()[0].visits, 2);
}

TEST(Uses, KeepTheFirstNameThatDidNotFit) {
  Both both;
  for (const char* sni : {"b.example.net", "a.example.net", "c.example.net"}) {
    session::Session session = session_of({1, "a.com", "x", "1301", 0});
    session.sni = sni;
    both.add(session);
  }
  EXPECT_EQ(both.uses.misfit(Sign::kSniMisfit, 0), "a.example.net");
  EXPECT_EQ(both.uses.misfit(Sign::kCertificateMisfit, 0), "");
  EXPECT_EQ(both.uses.misfit(Sign::kSniMisfit, 1), "");
}

TEST(Uses, StopAtTheLimitOfClientsAndCountTheRest) {
  for (const std::size_t limit : {3u, 4u, 5u}) {
    Limits limits;
    limits.group_keys = limit;
    Both both(limits);
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t client = 0; client < 4; ++client)
        both.add(session_of({client, "a.com", "x", "", 0}));
    }
    EXPECT_EQ(both.uses.clients().size(), std::min<std::size_t>(limit, 4));
    EXPECT_EQ(both.uses.clients_count(), 4u);
    EXPECT_EQ(both.uses.sessions_not_kept(), limit == 3 ? 2u : 0u);
  }
}

TEST(Uses, OfSessionsWithoutADestinationAreNone) {
  Both both;
  session::Session session = session_of({1, "a.com", "x", "", 0});
  session.destination.clear();
  both.add(session);
  EXPECT_TRUE(both.uses.all().empty());
  EXPECT_EQ(both.uses.clients_count(), 1u);
  EXPECT_EQ(both.uses.sessions_not_kept(), 0u);
}

std::array<std::vector<std::uint32_t>, 3> same_rows(const Groups& groups) {
  std::array<std::vector<std::uint32_t>, 3> rows;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    rows[t].resize(groups.size(static_cast<GroupBy>(t)));
    std::iota(rows[t].begin(), rows[t].end(), 0u);
  }
  return rows;
}

TEST(Uses, MergeLikeAdding) {
  Both both;
  for (std::uint32_t i = 0; i < 500; ++i) {
    both.add(
        session_of({i % 7, "a" + std::to_string(i % 11) + ".com", "x", i % 2 == 0 ? "1301" : "", i % 40}));
  }
  Uses twice{Limits{}};
  twice.merge(both.uses, same_rows(both.groups));
  twice.merge(both.uses, same_rows(both.groups));
  ASSERT_EQ(twice.all().size(), both.uses.all().size());
  for (std::size_t i = 0; i < twice.all().size(); ++i) {
    EXPECT_EQ(twice.all()[i].sessions, 2 * both.uses.all()[i].sessions);
    EXPECT_EQ(twice.all()[i].visits, both.uses.all()[i].visits);
    EXPECT_EQ(twice.all()[i].signs, both.uses.all()[i].signs);
  }
}

}  // namespace
}  // namespace mogura::population::detail
