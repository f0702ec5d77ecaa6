#include "store/detail/forget.h"

#include <gtest/gtest.h>

#include <string>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::finding;
using store::testing::number;
using store::testing::Scene;
using store::testing::session;

TEST(Forget, SessionsTakeTheirSumsAlong) {
  Scene scene;
  for (std::uint32_t n = 0; n < 25'000; ++n) {
    session::Session one = session(n * 1000);  // a second each
    one.client.address = Address::v4(0x0A000000u + n / 1000);
    scene.add(one);
  }
  ASSERT_TRUE(scene.store().add_alert(store::testing::alert(1)));
  scene.commit();
  ASSERT_TRUE(scene.store().forget_sessions_before(session(20'500'000).end));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM sessions"), 4500);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM session_keys"), 4500);
  EXPECT_EQ(number(scene.path(), "SELECT sum(sessions) FROM hours"), 4500);
  EXPECT_EQ(number(scene.path(), "SELECT sum(bytes_up) FROM hours"), 4500 * 9000);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM clients"), 5) << "those seen since";
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM alerts"), 1);
  ASSERT_TRUE(scene.store().forget_sessions_before(session(90'000'000).end));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM hours"), 0);
}

std::string word_of(std::int64_t time) {
  return time < 100 ? "tampering" : "no-jar";
}

TEST(Forget, AllThatIsOldButWhatPeopleSaid) {
  Scene scene;
  report::Analysis analysis;
  finding::Finding fresh = finding("fresh.example:1");
  fresh.last = at(200'000'000);
  scene.add({finding("plain.example:1"), finding("decided.example:1"), finding("noted.example:1"),
             finding("named.example:1"), finding("assigned.example:1"), fresh});
  const report::AuditEntry audit{at(1), "anna", "", "", "", ""};
  const auto id = [](const char* host) { return finding(host).finding_id; };
  ASSERT_TRUE(scene.archive().decide(id("decided.example:1"), {"confirmed", "", "", {}, "", {}}, audit));
  ASSERT_TRUE(scene.archive().add_note(id("noted.example:1"), "x", audit));
  ASSERT_TRUE(scene.archive().name_application(id("named.example:1"), "x", audit));
  ASSERT_TRUE(scene.archive().assign(id("assigned.example:1"), "x", audit));
  scene.add({finding("current.example:1")});
  ASSERT_TRUE(scene.store().set_announced(id("plain.example:1"), at(1)));
  ASSERT_TRUE(scene.store().set_announced(id("current.example:1"), at(1)));
  for (const std::int64_t time : {std::int64_t{50}, std::int64_t{99}, std::int64_t{100'000'000}}) {
    report::Alert alert = store::testing::alert(static_cast<std::uint32_t>(time));
    alert.time = at(time);
    ASSERT_TRUE(scene.store().add_alert(alert));
    ASSERT_TRUE(scene.store().add_verdict({at(time), "10.0.0.1", "", "a.example", word_of(time), 0.5, {}}));
    ASSERT_TRUE(
        scene.store().add_challenge({{}, at(time), "10.0.0.1", "", "a.example", word_of(time), "", 1}));
    ASSERT_TRUE(scene.store().put_sensor(
        {std::to_string(time), "watch", "", "", "", at(time), at(time), time < 99, {}}));
  }
  ASSERT_TRUE(scene.store().add_verdict({at(60), "10.0.0.1", "", "b.example", "tampering", 0.5, {}}));
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM clients WHERE verdict = 'tampering'"), 1);

  ASSERT_TRUE(scene.store().forget_before(at(10'000'000)));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM alerts"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM verdicts"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM challenge_hours"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM sensors"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM clients WHERE verdict = 'no-jar'"), 1)
      << "what is left counts";
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings"), 6);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings WHERE destination = 'plain.example:1'"), 0);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM finding_destinations"), 6);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM announcements"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM notes"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM audit"), 4);

  ASSERT_TRUE(scene.store().forget_before(at(900'000'000)));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM clients"), 0);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM findings"), 5)
      << "of these, people said something, or it is new";
}

}  // namespace
}  // namespace mogura::store::detail
