#include "console/detail/api_overview.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::at;
using testing::Json;

using Overview = testing::ApiScene;

TEST_F(Overview, CountsTheLastHoursUpToTheLatestSession) {
  archive_.totals_now.sessions = 5;
  archive_.totals_now.last = at(36'000 + 1800);
  report::Hour hour;
  hour.hour = at(36'000);
  hour.sessions = {1, 2, 3, 4, 5};
  hour.analysed_connect = 1;
  hour.analysed_ssl = 2;
  archive_.hour_rows = {hour, hour};
  const Json overview = json("/api/overview", {{"hours", "3"}});
  EXPECT_EQ(archive_.hours_from, at(39'600 - 3 * 3600));
  EXPECT_EQ(archive_.hours_to, at(39'600));
  EXPECT_EQ(overview["by_kind"],
            Json::parse(R"({"get-post":2,"connect":4,"ssl":6,"websocket":8,"other":10})"));
  EXPECT_EQ(overview["table1"], Json::parse(R"({"connect":2,"ssl":4,"min_exchanges":10})"));
  EXPECT_EQ(overview["hours"].size(), 2u);
  EXPECT_EQ(overview["hours"][0]["hour"], "1970-01-01T10:00:00.000000Z");
  EXPECT_EQ(overview["totals"]["sessions"], 5);
  EXPECT_EQ(overview["now"], "2026-11-21T22:26:40.000000Z");
}

TEST_F(Overview, BoundsItsHours) {
  json("/api/overview");
  EXPECT_EQ(archive_.hours_to - archive_.hours_from, std::chrono::hours(168));
  EXPECT_EQ(ask("/api/overview", {{"hours", "2208"}}).status, 200u);
  EXPECT_EQ(ask("/api/overview", {{"hours", "2209"}}).status, 400u);
  EXPECT_EQ(ask("/api/overview", {{"hours", "0"}}).status, 400u);
}

TEST_F(Overview, TellsWhatIsNewSinceTheLastLook) {
  archive_.last_looked = at(1'000);
  archive_.totals_now.alerts = 3;
  archive_.alert_rows = {
      {3, R"({"time":"1970-01-01T00:16:41Z"})"}, {2, R"({"time":"1970-01-01T00:16:40Z"})"}, {1, "broken"}};
  archive_.finding_rows.resize(30);
  const Json overview = json("/api/overview", {{"look", "1"}});
  EXPECT_EQ(overview["last_look"], "1970-01-01T00:16:40.000000Z");
  EXPECT_EQ(overview["new_alerts"], 1);
  EXPECT_EQ(overview["new_findings"].size(), 20u);
  EXPECT_EQ(archive_.finding_filter.first_since, at(1'000));
  EXPECT_EQ(archive_.finding_filter.status, "new");
  EXPECT_EQ(archive_.last_looked, at(kNow));
}

TEST_F(Overview, TellsTheSameWithoutRememberingThatSomebodyLooked) {
  archive_.last_looked = at(1'000);
  EXPECT_EQ(json("/api/overview")["last_look"], "1970-01-01T00:16:40.000000Z");
  EXPECT_EQ(archive_.finding_filter.first_since, at(1'000));
  EXPECT_EQ(archive_.last_looked, at(1'000));
}

TEST_F(Overview, CountsAllAsNewForWhoeverLooksFirst) {
  archive_.totals_now.alerts = 3;
  const Json overview = json("/api/overview", {{"look", "1"}});
  EXPECT_FALSE(overview.contains("last_look"));
  EXPECT_EQ(overview["new_alerts"], 3);
  EXPECT_FALSE(archive_.finding_filter.first_since);
}

TEST_F(Overview, RemembersNoLookWhereNothingMayBeChanged) {
  is_read_only_ = true;
  archive_.last_looked = at(1'000);
  json("/api/overview", {{"look", "1"}});
  EXPECT_EQ(archive_.last_looked, at(1'000));
}

TEST_F(Overview, TellsHowSensorsAreDoing) {
  const auto sensor = [](const char* id, Timestamp seen, bool has_ended) {
    report::Sensor made;
    made.sensor_id = id;
    made.seen = seen;
    made.has_ended = has_ended;
    made.counters = {{"packets", 100}, {"kernel_drops", 2}, {"db_lost", 3}, {"\"\x1b", 1}};
    return made;
  };
  archive_.sensor_rows = {sensor("well", at(kNow - 300), false), sensor("silent", at(kNow - 301), false),
                          sensor("ended", at(kNow - 9'999), true)};
  const Json sensors = json("/api/overview")["sensors"];
  EXPECT_EQ(sensors[0]["silent"], false);
  EXPECT_EQ(sensors[1]["silent"], true);
  EXPECT_EQ(sensors[2]["silent"], false);
  EXPECT_EQ(sensors[2]["ended"], true);
  EXPECT_EQ(sensors[0]["drops"], 5);
  EXPECT_EQ(sensors[0]["counters"]["kernel_drops"], 2);
  EXPECT_EQ(sensors[0]["counters"]["\"\x1b"], 1);
}

TEST_F(Overview, SaysThatTheArchiveFailedWhicheverCallItWas) {
  archive_.last_looked = at(1'000);
  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database is locked"};
  for (int calls = 0; calls < 6; ++calls) {
    archive_.calls = 0;
    archive_.calls_before_error = calls;
    EXPECT_EQ(ask("/api/overview", {{"look", "1"}}).status, 503u) << calls;
  }
  archive_.calls = 0;
  archive_.calls_before_error = 6;
  EXPECT_EQ(ask("/api/overview", {{"look", "1"}}).status, 200u) << "there are no more than six";
}

TEST(CountsLoss, KnowsNames) {
  for (const char* name : {"lost", "kernel_drops", "log_lines_lost", "lost_rows", "evicted_sessions"}) {
    EXPECT_TRUE(counts_loss(name)) << name;
  }
  for (const char* name : {"packets", "gaps_bytes", "freezes", "drops_not", "", "retries"}) {
    EXPECT_FALSE(counts_loss(name)) << name;
  }
}

}  // namespace
}  // namespace mogura::console::detail
