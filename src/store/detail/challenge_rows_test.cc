#include "store/detail/challenge_rows.h"

#include <gtest/gtest.h>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::number;
using store::testing::Scene;

report::VerdictRow verdict(const std::string& host, const std::string& word, std::int64_t time) {
  return {at(time), "10.0.0.1", "Agent/1", host, word, 0.5, {"one \"sentence\"", "\u202eanother"}};
}

report::ChallengeHour counted(const std::string& host, std::int64_t time, std::uint64_t count = 1) {
  return {{}, at(time), "10.0.0.1", "Agent/1", host, "suspicious", "at " + std::to_string(time), count};
}

std::string verdict_of(Scene& scene) {
  auto row = scene.database().prepare("SELECT verdict FROM clients WHERE client = '10.0.0.1'");
  return *row->step() ? std::string(row->text(0)) : "no row";
}

TEST(ChallengeRows, GiveTheClientTheVerdictThatSaysMost) {
  const struct {
    const char *host, *word, *expected, *why;
  } rows[] = {
      {"a.example", "browser", "browser", "the first"},
      {"b.example", "no-jar", "no-jar", "of another host"},
      {"a.example", "cookie-jar", "no-jar", "says less"},
      {"c.example", "tampering", "tampering", "says more"},
      {"c.example", "browser", "no-jar", "the latest of each host counts"},
      {"b.example", "exempt", "cookie-jar", "the same"},
      {"d.example", "unheard-of", "cookie-jar", "an unknown word says least"},
  };
  Scene scene;
  std::int64_t time = 0;
  for (const auto& row : rows) {
    ASSERT_TRUE(scene.store().add_verdict(verdict(row.host, row.word, ++time)));
    scene.commit();
    EXPECT_EQ(verdict_of(scene), row.expected) << row.why;
  }
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM clients"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT sessions FROM clients"), 0);
}

TEST(ChallengeRows, AddUpWithinTheHour) {
  Scene scene;
  for (int batch = 0; batch < 2; ++batch) {
    ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 10, 2)));
    ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 30 - batch, 3)));
    ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 20)));
    scene.commit();
  }
  ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 3'600'000'000)));
  ASSERT_TRUE(scene.store().add_challenge(counted("b.example", 1)));
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM challenge_hours"), 3);
  EXPECT_EQ(number(scene.path(),
                   "SELECT count * 100 + last_us FROM challenge_hours WHERE hour = 0"
                   " AND host = 'a.example' AND reason = 'at 30'"),
            1230);
}

TEST(ChallengeRows, AFullHourPutsHostsTogetherAndThenLosesAndCounts) {
  Scene scene;
  const auto add = [&](std::uint64_t n) {
    report::ChallengeHour row = counted("host" + std::to_string(n), 1);
    row.client = "10.0.0." + std::to_string(n);
    EXPECT_TRUE(scene.store().add_challenge(row));
  };
  for (std::uint64_t n = 0; n < 2 * kChallengeRows; ++n) add(n);
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM challenge_hours WHERE host <> ''"),
            static_cast<std::int64_t>(kChallengeRows));
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM challenge_hours WHERE host = ''"),
            static_cast<std::int64_t>(kChallengeRows));
  EXPECT_EQ(scene.store().counters().lost_rows, 0u);
  for (std::uint64_t n = 0; n < 3; ++n) add(2 * kChallengeRows + n);
  scene.commit();
  EXPECT_EQ(scene.store().counters().lost_rows, 3u);
}

TEST(ChallengeRows, KeepTheLastReportOfASensor) {
  Scene scene;
  report::Sensor sensor{"s1", "watch", "gate", "eth0", "1.0", at(1), at(2), false, {{"packets", 5}}};
  ASSERT_TRUE(scene.store().put_sensor(sensor));
  sensor.seen = at(9);
  sensor.counters = {{"packets", UINT64_MAX}, {"odd \"name\"", 1}};
  ASSERT_TRUE(scene.store().put_sensor(sensor));
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM sensors WHERE seen_us = 9"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT json_extract(counters, '$.packets') FROM sensors"), INT64_MAX);
}

TEST(ChallengeRows, WaitForAnotherWriterAndAreThenWritten) {
  Scene scene;
  ASSERT_TRUE(scene.store().add_verdict(verdict("a.example", "no-jar", 1)));
  ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 10, 2)));
  {
    const auto writing = Transaction::begin(scene.database());
    EXPECT_FALSE(scene.store().commit());
  }
  ASSERT_TRUE(scene.store().add_challenge(counted("a.example", 11, 2)));
  scene.commit();
  EXPECT_EQ(number(scene.path(), "SELECT count(*) FROM verdicts"), 1);
  EXPECT_EQ(number(scene.path(), "SELECT count FROM challenge_hours"), 4);
}

TEST(ChallengeRows, DropTheOldestBeyondWhatMayWait) {
  Scene scene;
  auto rows = ChallengeRows::make(scene.database());
  for (std::int64_t n = 0; n < 5; ++n) {
    rows->add(verdict("a.example", "no-jar", n));
    rows->add(counted(std::to_string(n), 1));
  }
  EXPECT_EQ(rows->size(), 10u);
  EXPECT_EQ(rows->drop_beyond(3), 4u);
  EXPECT_EQ(rows->size(), 6u);
  std::uint64_t lost = 0;
  ASSERT_TRUE(rows->write(lost));
  EXPECT_EQ(number(scene.path(), "SELECT min(time_us) FROM verdicts"), 2);
}

}  // namespace
}  // namespace mogura::store::detail
