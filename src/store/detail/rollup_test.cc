#include "store/detail/rollup.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::number;
using store::testing::Scene;
using store::testing::session;

// What the sums should be, from the sessions that are there.
constexpr const char* kWrongHours =
    "SELECT count(*) FROM (SELECT hour, kind, sessions, bytes_up, bytes_down, analysed FROM hours EXCEPT"
    " SELECT end_us / 3600000000, kind, count(*), sum(bytes_up), sum(bytes_down),"
    " sum(kind IN ('connect', 'ssl') AND exchanges_up >= 10 AND exchanges_down >= 10)"
    " FROM sessions GROUP BY 1, 2)";
constexpr const char* kWrongClients =
    "SELECT count(*) FROM (SELECT client, user_agent, sessions, bytes_up, first_us, last_us FROM clients "
    "EXCEPT"
    " SELECT client, user_agent, count(*), sum(bytes_up), min(start_us), max(end_us) FROM sessions GROUP BY "
    "1, 2)";

TEST(Rollup, IsTheSumOfTheSessionsBatchByBatch) {
  Scene scene;
  for (std::uint32_t n = 0; n < 3000; ++n) {
    session::Session one = session(n * 7001);  // over some hours
    one.kind = static_cast<session::Kind>(n % session::kKinds);
    one.exchanges = {n % 20, n % 15};
    one.user_agent_seen = n % 3 != 0;
    if (!one.user_agent_seen) one.user_agent.clear();
    scene.add(one);
    scene.add(one);  // a second time is none
    if (n % 700 == 0) scene.commit();
  }
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT sum(sessions) FROM hours"), 3000);
  EXPECT_EQ(number(scene.path(), kWrongHours), 0);
  EXPECT_EQ(number(scene.path(), kWrongClients), 0);
  EXPECT_GT(number(scene.path(), "SELECT count(DISTINCT hour) FROM hours"), 4);
}

TEST(Rollup, FollowsWhatIsDeletedByWhomever) {
  Scene scene;
  for (std::uint32_t n = 0; n < 100; ++n) scene.add(session(n * 100'000));
  scene.commit();
  scene.execute("DELETE FROM sessions WHERE id % 3 = 0");
  EXPECT_EQ(number(scene.path(), "SELECT sum(sessions) FROM hours"), 67);
  EXPECT_EQ(number(scene.path(), kWrongHours), 0);
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM session_keys"), 67);
  scene.execute("DELETE FROM sessions");
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM hours"), 0);
}

TEST(Rollup, IsNotCountedWhereTheTransactionFails) {
  Scene scene;
  scene.add(session(1));
  {
    const auto writing = Transaction::begin(scene.database());
    EXPECT_FALSE(scene.store().commit());
  }
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT sum(sessions) FROM hours"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT sum(sessions) FROM clients"), 1);
}

}  // namespace
}  // namespace mogura::store::detail
