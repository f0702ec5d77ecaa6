#include "store/detail/client_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using report::ClientFilter;
using store::testing::at;
using store::testing::Scene;

void add(Scene& scene, std::uint32_t n, std::uint32_t client, const std::string& user_agent,
         bool is_seen = true) {
  session::Session session = store::testing::session(n);
  session.client.address = Address::v4(0x0A000000u + client);
  session.user_agent = user_agent;
  session.user_agent_seen = is_seen;
  scene.add(session);
}

class ClientRows : public ::testing::Test {
 protected:
  void SetUp() override {
    add(scene_, 1, 1, "Agent/1");
    add(scene_, 2, 1, "Agent/2");
    add(scene_, 3, 2, "agent/1 100%");
    add(scene_, 4, 2, "", false);
    add(scene_, 5, 1, "Agent/1");
    add(scene_, 6, 3, "");
    ASSERT_TRUE(scene_.store().add_verdict(
        {at(1), "10.0.0.1", "Agent/2", "a.example", "no-jar", 0.8, {"one", "two"}}));
    ASSERT_TRUE(scene_.store().add_verdict({at(2), "10.0.0.9", "", "a.example", "browser", 0, {}}));
    scene_.commit();
  }
  std::string found(const ClientFilter& filter, std::size_t limit = 2) {
    std::string names;
    report::Page page{limit, ""};
    do {
      const auto rows = scene_.archive().clients(filter, page);
      if (!rows) return rows.error().message();
      for (const auto& row : rows->rows)
        names += row.client.substr(7) + (row.has_user_agent ? "=" + row.user_agent : "") + ' ';
      page.after = rows->next;
    } while (!page.after.empty());
    return names;
  }

  Scene scene_;
};

TEST_F(ClientRows, AreFilteredAndLatestFirst) {
  const struct {
    ClientFilter filter;
    const char *expected, *why;
  } rows[] = {
      {{}, "3= 1=Agent/1 2 2=agent/1 100% 1=Agent/2 9 ", "all"},
      {{"AGENT/1", "", ""}, "1=Agent/1 2=agent/1 100% ", "a text in the User-Agent"},
      {{"0.0.2", "", ""}, "2 2=agent/1 100% ", "a text in the client"},
      {{"%", "", ""}, "2=agent/1 100% ", "no wildcard"},
      {{"", "10.0.0.1", ""}, "1=Agent/1 1=Agent/2 ", "a client"},
      {{"", "10.0.0", ""}, "", "exactly"},
      {{"", "", "no-jar"}, "1=Agent/2 ", "a verdict"},
      {{"", "10.0.0.1", "no-jar"}, "1=Agent/2 ", "a client and a verdict"},
      {{"/1", "10.0.0.1", "no-jar"}, "", "all three"},
      {{"", "' OR 1=1 --", ""}, "", "SQL is text"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(found(row.filter), row.expected) << row.why;
    EXPECT_EQ(found(row.filter, 500), row.expected) << row.why;
  }
}

TEST_F(ClientRows, HaveSumsAndVerdict) {
  const auto row = scene_.archive().clients({"Agent/1", "10.0.0.1", ""}, {})->rows.at(0);
  EXPECT_EQ(row.sessions, 2u);
  EXPECT_EQ(row.bytes_up, 18'000u);
  EXPECT_EQ(row.bytes_down, 246'912u);
  EXPECT_EQ(row.first, store::testing::session(1).start);
  EXPECT_EQ(row.last, store::testing::session(5).end);
  EXPECT_EQ(row.verdict, "");
  const auto judged = scene_.archive().clients({"", "", "no-jar"}, {})->rows.at(0);
  EXPECT_EQ(judged.score, 0.8);
  EXPECT_EQ(judged.sessions, 1u);
}

TEST_F(ClientRows, RefuseHostilePlaces) {
  for (const char* after : {"x", "c1", "c1.2.3", "s1.2"}) {
    EXPECT_EQ(scene_.archive().clients({}, {1, after}).error().code, ErrorCode::kUsage);
    EXPECT_EQ(scene_.archive().verdicts("a", "", {1, after}).error().code, ErrorCode::kUsage);
    EXPECT_EQ(scene_.archive().challenge_hours("a", "", {1, after}).error().code, ErrorCode::kUsage);
  }
}

TEST_F(ClientRows, VerdictsOfOneClientNewestFirst) {
  for (std::int64_t n = 10; n < 20; ++n) {
    ASSERT_TRUE(scene_.store().add_verdict({at(n),
                                            "10.0.0.1",
                                            n % 2 == 0 ? "Agent/1" : "",
                                            "b.example",
                                            "no-jar",
                                            0.3,
                                            {std::to_string(n), "\u202e\"<b>"}}));
  }
  scene_.commit();
  report::Page page{3, ""};
  std::vector<std::int64_t> times;
  do {
    const auto rows = scene_.archive().verdicts("10.0.0.1", "", page);
    ASSERT_TRUE(rows);
    for (const auto& row : rows->rows) times.push_back(row.time.time_since_epoch().count() / 1000);
    page.after = rows->next;
  } while (!page.after.empty());
  EXPECT_EQ(times, (std::vector<std::int64_t>{19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1}));
  const auto of_agent = scene_.archive().verdicts("10.0.0.1", "Agent/1", {});
  ASSERT_EQ(of_agent->rows.size(), 5u);
  EXPECT_EQ(of_agent->rows[0].user_agent, "Agent/1");
  EXPECT_EQ(of_agent->rows[0].host, "b.example");
  EXPECT_EQ(of_agent->rows[0].verdict, "no-jar");
  EXPECT_EQ(of_agent->rows[0].score, 0.3);
  EXPECT_EQ(of_agent->rows[0].evidence, (std::vector<std::string>{"18", "\u202e\"<b>"}));
}

TEST_F(ClientRows, ChallengeStatesNewestHourFirst) {
  for (std::int64_t hour = 0; hour < 5; ++hour) {
    for (const char* state : {"set", "suspicious"}) {
      ASSERT_TRUE(scene_.store().add_challenge({{},
                                                at(hour * 3'600'000'000 + 5),
                                                "10.0.0.1",
                                                hour < 3 ? "Agent/1" : "",
                                                "a.example",
                                                state,
                                                "none came back",
                                                2}));
    }
  }
  scene_.commit();
  report::Page page{3, ""};
  std::size_t seen = 0;
  Timestamp last = at(INT64_MAX / 1000);
  do {
    const auto rows = scene_.archive().challenge_hours("10.0.0.1", "", page);
    ASSERT_TRUE(rows);
    for (const auto& row : rows->rows) {
      EXPECT_LE(row.hour, last);
      last = row.hour;
      EXPECT_EQ(row.last, row.hour + std::chrono::microseconds(5));
      EXPECT_EQ(row.count, 2u);
      EXPECT_EQ(row.reason, "none came back");
      ++seen;
    }
    page.after = rows->next;
  } while (!page.after.empty());
  EXPECT_EQ(seen, 10u);
  EXPECT_EQ(scene_.archive().challenge_hours("10.0.0.1", "Agent/1", {})->rows.size(), 6u);
  EXPECT_TRUE(scene_.archive().challenge_hours("10.0.0.2", "", {})->rows.empty());
}

}  // namespace
}  // namespace mogura::store::detail
