#include "store/detail/overview.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::finding;
using store::testing::Scene;
using store::testing::session;

constexpr std::int64_t kAHour = 1'795'323'600'000'000;  // a full one

void add(Scene& scene, std::int64_t end, session::Kind kind, std::uint64_t exchanges) {
  session::Session one = session(1);
  one.start = at(end - 5);
  one.end = at(end);
  one.kind = kind;
  one.exchanges = {exchanges, exchanges};
  one.client.port = static_cast<std::uint16_t>(one.client.port + exchanges);
  scene.add(one);
}

TEST(Overview, HoursAddUpByKind) {
  Scene scene;
  add(scene, kAHour, session::Kind::kSsl, 10);
  add(scene, kAHour + 1, session::Kind::kSsl, 9);
  add(scene, kAHour + 2, session::Kind::kConnect, 11);
  add(scene, kAHour + 3, session::Kind::kGetPost, 50);
  add(scene, kAHour + 3 * kHourUs, session::Kind::kWebSocket, 50);
  scene.commit();
  const auto hours = scene.archive().hours(at(kAHour), at(kAHour + 3 * kHourUs + 1));
  ASSERT_TRUE(hours);
  ASSERT_EQ(hours->size(), 2u) << "those without sessions are left out";
  const report::Hour& first = hours->front();
  EXPECT_EQ(first.hour, at(kAHour));
  EXPECT_EQ(first.sessions, (std::array<std::uint64_t, session::kKinds>{1, 1, 2, 0, 0}));
  EXPECT_EQ(first.bytes_up, 36'000u);
  EXPECT_EQ(first.analysed_connect, 1u);
  EXPECT_EQ(first.analysed_ssl, 1u);
  EXPECT_EQ(hours->back().sessions[3], 1u);
  EXPECT_EQ(scene.archive().hours(at(kAHour), at(kAHour + 3 * kHourUs))->size(), 1u) << "up to, not with";
  EXPECT_TRUE(scene.archive().hours(at(5), at(5))->empty());
  EXPECT_EQ(scene.archive().hours(at(INT64_MIN / 1000), at(INT64_MAX / 1000))->size(), 2u);
}

TEST(Overview, HoursAreTheLatestOfTooMany) {
  Scene scene;
  scene.execute(
      "WITH RECURSIVE n (hour) AS (SELECT 0 UNION ALL SELECT hour + 1 FROM n WHERE hour < 2300)"
      " INSERT INTO hours SELECT hour, 'ssl', 1, 0, 0, 0 FROM n");
  const auto hours = scene.archive().hours(at(0), at(INT64_MAX / 1000));
  ASSERT_EQ(hours->size(), kHoursShown);
  EXPECT_EQ(hours->back().hour, at(2300 * kHourUs));
}

TEST(Overview, TotalsCountWhatIsStored) {
  Scene scene;
  const auto empty = scene.archive().totals();
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->sessions, 0u);
  EXPECT_FALSE(empty->first);
  add(scene, kAHour, session::Kind::kSsl, 10);
  add(scene, kAHour + 100, session::Kind::kConnect, 9);
  ASSERT_TRUE(scene.store().add_alert(store::testing::alert(1)));
  auto expired = finding("e.example:1", 0.9), lasting = finding("l.example:1", 0.9);
  scene.add({finding("a.example:1", 0.9), finding("b.example:1", 0.49), finding("c.example:1", 0.5), expired,
             lasting});
  const report::AuditEntry audit{at(1), "anna", "", "", "", ""};
  ASSERT_TRUE(scene.archive().decide(expired.finding_id, {"sanctioned", "x", "", at(5), "", {}}, audit));
  ASSERT_TRUE(scene.archive().decide(lasting.finding_id, {"sanctioned", "x", "", {}, "", {}}, audit));
  ASSERT_TRUE(scene.store().set_status(finding("c.example:1").finding_id, "confirmed"));
  const auto totals = scene.archive().totals();
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->sessions, 2u);
  EXPECT_EQ(totals->first, at(kAHour - 5));
  EXPECT_EQ(totals->last, at(kAHour + 100));
  EXPECT_EQ(totals->findings_new, 2u);
  EXPECT_EQ(totals->findings_sanctioned, 1u);
  EXPECT_EQ(totals->findings_confirmed, 1u);
  EXPECT_EQ(totals->alerts, 1u);
}

TEST(Overview, GroupsInTheirOrder) {
  Scene scene;
  report::Analysis analysis;
  population::Group group;
  group.key = std::string("a\0\xff", 3);
  group.sessions = 7;
  group.clients = 6;
  group.destinations = 5;
  group.first = at(10);
  group.last = at(20);
  analysis.groups[1].rows = {group, {}};
  analysis.groups[1].rows[1].key = "second";
  ASSERT_TRUE(scene.store().put_analysis(analysis));
  const auto groups = scene.archive().groups(population::GroupBy::kUserAgent);
  ASSERT_EQ(groups->size(), 2u);
  EXPECT_EQ((*groups)[0].key, group.key);
  EXPECT_EQ((*groups)[0].sessions, 7u);
  EXPECT_EQ((*groups)[0].clients, 6u);
  EXPECT_EQ((*groups)[0].destinations, 5u);
  EXPECT_EQ((*groups)[0].first, at(10));
  EXPECT_EQ((*groups)[0].last, at(20));
  EXPECT_EQ((*groups)[1].key, "second");
  EXPECT_TRUE(scene.archive().groups(population::GroupBy::kJa4)->empty());
}

TEST(Overview, SensorsSeenLastFirst) {
  Scene scene;
  ASSERT_TRUE(
      scene.store().put_sensor({"s1", "watch", "gate", "eth0", "1", at(1), at(5), false, {{"packets", 9}}}));
  ASSERT_TRUE(scene.store().put_sensor({"s2", "proxy", "gate", "", "1", at(2), at(6), true, {}}));
  scene.commit();
  const auto sensors = scene.archive().sensors();
  ASSERT_EQ(sensors->size(), 2u);
  EXPECT_EQ((*sensors)[0].sensor_id, "s2");
  EXPECT_TRUE((*sensors)[0].has_ended);
  EXPECT_EQ((*sensors)[1].kind, "watch");
  EXPECT_EQ((*sensors)[1].input, "eth0");
  EXPECT_EQ((*sensors)[1].started, at(1));
  EXPECT_EQ((*sensors)[1].seen, at(5));
  EXPECT_EQ((*sensors)[1].counters, (std::vector<report::Counter>{{"packets", 9}}));
}

TEST(Overview, RemembersWhenWhoLooked) {
  Scene scene;
  EXPECT_EQ(*scene.archive().last_look("anna"), std::nullopt);
  EXPECT_EQ(*scene.archive().look("anna", at(5)), std::nullopt);
  EXPECT_EQ(*scene.archive().last_look("anna"), at(5));
  EXPECT_EQ(*scene.archive().look("anna", at(9)), at(5));
  EXPECT_EQ(*scene.archive().look("anna", at(10)), at(9));
  EXPECT_EQ(*scene.archive().look("bert", at(11)), std::nullopt);
}

}  // namespace
}  // namespace mogura::store::detail
