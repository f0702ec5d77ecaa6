#include "store/detail/schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::number;

class Schema : public ::testing::Test {
 protected:
  Database open(const std::string& name = "test.db") {
    std::ofstream(folder_.file(name), std::ios::app);
    return *Database::open(folder_.file(name));
  }

  store::testing::Folder folder_;
};

const std::vector<const char*> kSteps = {
    "CREATE TABLE a (x); INSERT INTO a VALUES (1);",
    "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;",
    "CREATE TABLE b (z);",
};

TEST_F(Schema, TakesEveryStepOnceAndInOrder) {
  for (std::size_t from = 0; from <= kSteps.size(); ++from) {
    Database database = open("from" + std::to_string(from));
    const std::span<const char* const> steps(kSteps);
    ASSERT_TRUE(migrate(database, steps.first(from)));
    EXPECT_EQ(number(database, "PRAGMA user_version"), static_cast<std::int64_t>(from));
    ASSERT_TRUE(migrate(database, steps)) << "an older file is brought up to date";
    ASSERT_TRUE(migrate(database, steps)) << "once more changes nothing";
    EXPECT_EQ(number(database, "PRAGMA user_version"), 3);
    EXPECT_EQ(number(database, "PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(number(database, "SELECT y FROM a"), 2) << "rows were kept";
    EXPECT_EQ(number(database, "SELECT count(*) FROM b"), 0);
  }
}

TEST_F(Schema, LeavesTheLastGoodVersionWhenAStepFails) {
  Database database = open();
  const std::vector<const char*> steps = {kSteps[0], "CREATE TABLE c (x); INSERT INTO missing VALUES (1);"};
  EXPECT_FALSE(migrate(database, steps));
  EXPECT_EQ(number(database, "PRAGMA user_version"), 1);
  EXPECT_EQ(number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'c'"), 0);
  ASSERT_TRUE(migrate(database, kSteps)) << "and a better version can go on";
}

TEST_F(Schema, KnowsItsOwnFiles) {
  const struct {
    const char* sql;
    bool is_accepted;
    ErrorCode code;
    const char* why;
  } rows[] = {
      {"", true, {}, "an empty file"},
      {"PRAGMA application_id = 1836017525; PRAGMA user_version = 1;", true, {}, "ours"},
      {"PRAGMA application_id = 1836017525; PRAGMA user_version = 3;", true, {}, "ours, the newest"},
      {"PRAGMA application_id = 1836017525; PRAGMA user_version = 4;", false, ErrorCode::kUnsupported,
       "newer"},
      {"PRAGMA application_id = 1836017525; PRAGMA user_version = -1;", false, ErrorCode::kFormat,
       "nonsense"},
      {"CREATE TABLE t (x);", false, ErrorCode::kFormat, "somebody's table"},
      {"PRAGMA user_version = 1;", false, ErrorCode::kFormat, "somebody's version"},
      {"PRAGMA application_id = 7;", false, ErrorCode::kFormat, "somebody's application"},
  };
  for (const auto& row : rows) {
    Database database = open(row.why);
    ASSERT_TRUE(database.execute(row.sql));
    const auto checked = check_schema(database, kSteps.size());
    ASSERT_EQ(checked.has_value(), row.is_accepted) << row.why;
    if (checked) continue;
    EXPECT_EQ(checked.error().code, row.code) << row.why;
  }
}

TEST_F(Schema, TheReleasedStepsWork) {
  Database database = open();
  ASSERT_TRUE(migrate(database, migrations()));
  EXPECT_EQ(number(database, "PRAGMA user_version"), static_cast<std::int64_t>(migrations().size()));
  for (const char* table : {"meta", "sessions", "groups", "findings", "announcements", "alerts"}) {
    EXPECT_EQ(number(database, std::string("SELECT count(*) FROM ") + table), 0);
  }
}

TEST_F(Schema, HasIndicesForThePagesOfOneDestinationAndOneClient) {
  Database database = open();
  ASSERT_TRUE(migrate(database, migrations()));
  for (const std::string column : {"destination", "client"}) {
    // As docs/formats/database.md shows it.
    auto plan = database.prepare(
        "EXPLAIN QUERY PLAN WITH RECURSIVE hours (hour) AS (SELECT 100 UNION ALL SELECT hour + 1 FROM hours"
        " WHERE hour < 124) SELECT line FROM hours CROSS JOIN sessions ON end_us / 3600000000 = hour AND " +
        column + " = 'x'");
    ASSERT_TRUE(plan) << plan.error().message();
    std::string text;
    while (*plan->step()) text += std::string(plan->text(3)) + '\n';
    EXPECT_NE(text.find("SEARCH sessions USING INDEX sessions_by_" + column), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace mogura::store::detail
