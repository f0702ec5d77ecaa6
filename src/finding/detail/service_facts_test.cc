#include "finding/detail/service_facts.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "finding/detail/sessions_for_test.h"

namespace mogura::finding::detail {
namespace {

using protocol::Inner;
using session::Session;
using testing::ssl;
using testing::tunnel;

std::vector<Session> many(int count) {
  std::vector<Session> sessions;
  for (int i = 0; i < count; ++i) {
    sessions.push_back(ssl("a.example:443", static_cast<std::uint32_t>(i % 7), i * 10, "agent", "1301"));
    sessions.back().exchanges = {static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i)};
  }
  return sessions;
}

TEST(ServiceFacts, KeepsTheLongestConversationsInAnyOrder) {
  std::vector<Session> sessions = many(20);
  for (const bool is_reversed : {false, true}) {
    if (is_reversed) std::reverse(sessions.begin(), sessions.end());
    const ServiceFacts facts = testing::facts_of(sessions);
    ASSERT_EQ(facts.kept.size(), kKeptSessions);
    for (std::size_t i = 0; i < kKeptSessions; ++i) EXPECT_EQ(facts.kept[i]->exchanges[0], 19 - i);
  }
}

TEST(ServiceFacts, KeepsMoreOfTunnels) {
  std::vector<Session> sessions;
  for (int i = 0; i < 40; ++i) sessions.push_back(tunnel("a.example:443", Inner::kSsh, 1, i));
  EXPECT_EQ(testing::facts_of(sessions).kept.size(), kKeptSessionsOfTunnels);
}

TEST(ServiceFacts, KeepsNoMoreThanThereIsRoomForButTheBest) {
  ServiceFacts facts(session::Kind::kSsl, "a.example:443", {});
  const std::vector<Session> sessions = many(3);
  EXPECT_EQ(facts.add(sessions[0], 1024, false), 0);
  EXPECT_TRUE(facts.kept.empty());
  EXPECT_EQ(facts.add(sessions[1], 1024, true), 1);
  EXPECT_EQ(facts.add(sessions[2], 1024, false), 0);
  ASSERT_EQ(facts.kept.size(), 1u);
  EXPECT_EQ(facts.kept[0]->exchanges[0], 2u);
}

TEST(ServiceFacts, MergesToWhatOneWouldHaveSeen) {
  const std::vector<Session> sessions = many(50);
  const ServiceFacts whole = testing::facts_of(sessions);
  ServiceFacts left(session::Kind::kSsl, "a.example:443", {});
  ServiceFacts right(session::Kind::kSsl, "a.example:443", {});
  for (std::size_t i = 0; i < sessions.size(); ++i) (i % 2 == 0 ? left : right).add(sessions[i], 1024, true);
  left.merge(right, 1024, 100);
  EXPECT_EQ(left.sessions, whole.sessions);
  EXPECT_EQ(left.hellos, whole.hellos);
  EXPECT_EQ(left.clients.texts(), whole.clients.texts());
  EXPECT_EQ(left.clients.count(), whole.clients.count());
  EXPECT_EQ(left.first, whole.first);
  EXPECT_EQ(left.last, whole.last);
  ASSERT_EQ(left.kept.size(), whole.kept.size());
  for (std::size_t i = 0; i < whole.kept.size(); ++i) EXPECT_EQ(*left.kept[i], *whole.kept[i]);
}

TEST(ServiceFacts, CutsLongUserAgents) {
  Session session = tunnel("edge.example:443", Inner::kSsh);
  session.user_agent_seen = true;
  session.user_agent = std::string(kUserAgentBytes + 1, 'a');
  EXPECT_EQ(testing::facts_of({session}).user_agents.texts()[0], std::string(kUserAgentBytes, 'a') + "…");
}

}  // namespace
}  // namespace mogura::finding::detail
