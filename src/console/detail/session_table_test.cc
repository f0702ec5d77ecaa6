#include "console/detail/session_table.h"

#include <gtest/gtest.h>

#include "console/detail/session_cookie.h"

namespace mogura::console::detail {
namespace {

constexpr Moment kNow{1'000'000};
const SessionTable::Stamp kStamp{1};

SessionLimits limits() {
  return {.idle = Millis(1000), .longest = Millis(3000), .most = 4, .most_of_user = 2};
}

TEST(SessionTable, KnowsASessionByItsId) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  EXPECT_EQ(id.size(), kSessionIdLetters);
  const SessionTable::Session* const session = table.use(id, kNow);
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->user, "anna");
  EXPECT_EQ(session->stamp, kStamp);
  EXPECT_EQ(session->key, SessionTable::key_of(id));
  EXPECT_EQ(table.use(std::string(64, '0'), kNow), nullptr);
}

TEST(SessionTable, IdsAreNotRepeated) {
  SessionTable table(limits());
  EXPECT_NE(table.begin("anna", kStamp, kNow), table.begin("anna", kStamp, kNow));
}

TEST(SessionTable, EndsWhenIdle) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  EXPECT_NE(table.use(id, kNow + Millis(999)), nullptr);
  EXPECT_NE(table.use(id, kNow + Millis(999 + 999)), nullptr) << "use makes it live on";
  EXPECT_EQ(table.use(id, kNow + Millis(999 + 999 + 1000)), nullptr);
  EXPECT_EQ(table.size(), 0U);
}

TEST(SessionTable, EndsAfterItsLongestTimeHoweverMuchItIsUsed) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  for (int at = 500; at < 3000; at += 500) EXPECT_NE(table.use(id, kNow + Millis(at)), nullptr) << at;
  EXPECT_EQ(table.use(id, kNow + Millis(3000)), nullptr);
}

TEST(SessionTable, LookingIsNotUsing) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  EXPECT_NE(table.find(SessionTable::key_of(id), kNow + Millis(999)), nullptr);
  EXPECT_EQ(table.find(SessionTable::key_of(id), kNow + Millis(1000)), nullptr);
}

TEST(SessionTable, EndedIsEnded) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  table.end(SessionTable::key_of(id));
  EXPECT_EQ(table.use(id, kNow), nullptr);
}

TEST(SessionTable, OfOneUserTheLongestUnusedMakesRoom) {
  SessionTable table(limits());
  const std::string other = table.begin("bert", kStamp, kNow);
  const std::string first = table.begin("anna", kStamp, kNow + Millis(1));
  const std::string second = table.begin("anna", kStamp, kNow + Millis(2));
  ASSERT_NE(table.use(first, kNow + Millis(3)), nullptr);
  const std::string third = table.begin("anna", kStamp, kNow + Millis(4));
  EXPECT_EQ(table.use(second, kNow + Millis(5)), nullptr);
  for (const std::string& id : {other, first, third}) EXPECT_NE(table.use(id, kNow + Millis(5)), nullptr);
}

TEST(SessionTable, OfAllTheLongestUnusedMakesRoom) {
  SessionTable table(limits());
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(table.begin(std::to_string(i), kStamp, kNow + Millis(i)));
  EXPECT_EQ(table.size(), 4U);
  EXPECT_EQ(table.use(ids.front(), kNow + Millis(5)), nullptr);
}

TEST(SessionTable, WhatIsOverMakesRoomFirst) {
  SessionTable table(limits());
  for (int i = 0; i < 3; ++i) (void)table.begin(std::to_string(i), kStamp, kNow);
  (void)table.begin("late", kStamp, kNow + Millis(2000));
  EXPECT_EQ(table.size(), 1U);
}

TEST(SessionTable, TokensBelongToSessionAndTable) {
  SessionTable table(limits());
  const std::string id = table.begin("anna", kStamp, kNow);
  const std::string token = table.csrf_token(id);
  EXPECT_EQ(token.size(), 64U);
  EXPECT_NE(token, id);
  EXPECT_TRUE(table.is_csrf_token(id, token));
  EXPECT_FALSE(table.is_csrf_token(table.begin("anna", kStamp, kNow), token));
  EXPECT_FALSE(table.is_csrf_token(id, token.substr(1)));
  EXPECT_FALSE(table.is_csrf_token(id, ""));
  EXPECT_FALSE(SessionTable(limits()).is_csrf_token(id, token)) << "another key";
}

}  // namespace
}  // namespace mogura::console::detail
