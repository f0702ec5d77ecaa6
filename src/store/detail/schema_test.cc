#include "store/detail/schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "store/detail/key.h"
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
  for (const char* table : {"meta", "sessions", "session_keys", "hours", "clients", "groups", "findings",
                            "finding_clients", "finding_destinations", "announcements", "alerts", "verdicts",
                            "challenge_hours", "sensors", "notes", "audit", "looks", "answers"}) {
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

// --- from schema 1, as the version before wrote it ---

constexpr const char* kOldRows = R"sql(
INSERT INTO sessions VALUES
 (1, 's1', 1000000, 7200000001, '10.0.0.1', 'a.site.example.com:443', 'ssl', 'Agent/1', 'a.site.example.com', 't13d',
  'tls', 10, 12, 5, 7, '{"session_id":"s1","cipher_suites":"1301-1302"}'),
 (2, 's2', 2000000, 7200000002, '10.0.0.1', 'b.site.example.com:443', 'ssl', 'Agent/1', '', '', 'none', 9, 12, 50, 70,
  '{"session_id":"s2"}'),
 (9, 's9', 3000000, 10800000000, '10.0.0.2', '[2001:db8::1]:80', 'get-post', NULL, '', '', 'none', 99, 99, 500, 700,
  '{"cut');
INSERT INTO groups VALUES ('user_agent', 0, 'Agent/1', 2, 1, 0, 2, 1, 0, 0, '', '');
INSERT INTO findings VALUES
 ('f1', 'A.example:443', 'connect', 0.8, 'high', 'new', 'confirmed', 1, 2, 1,
  '{"destinations":["A.example:443","B.example:443"],"clients":["10.0.0.1"],"clients_count":7,"user_agents":["Odd/1"],
    "sessions":42,"evidence":[{"text":"heaviest"},{"text":"other"}],"application":{"name":"ssh","class":"tunnel"}}'),
 ('f2', 'cut.example:80', 'ssl', 0.4, 'low', 'sanctioned', NULL, 3, 4, 0, '{"cut');
INSERT INTO announcements VALUES ('f1', 5);
INSERT INTO alerts VALUES (7, 'a1', 11, 'pattern', 'high', 'p1', '', 's1', 'a.site.example.com:443', '{"alert_id":"a1"}');
)sql";

class SchemaOne : public Schema {
 protected:
  void SetUp() override {
    database_.emplace(open());
    ASSERT_TRUE(migrate(*database_, migrations().first(1)));
    ASSERT_TRUE(database_->execute(kOldRows));
    ASSERT_TRUE(migrate(*database_, migrations()));
  }
  std::int64_t of(std::string_view sql) { return number(*database_, sql); }

  std::optional<Database> database_;
};

TEST_F(SchemaOne, SessionsGetTheirKeys) {
  auto row = database_->prepare("SELECT * FROM session_keys ORDER BY id");
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->integer(1), 7'200'000'001);
  EXPECT_EQ(row->text(2), "ssl");
  EXPECT_EQ(row->integer(3), key_of("a.site.example.com:443"));
  EXPECT_EQ(row->integer(4), key_of("10.0.0.1"));
  EXPECT_EQ(row->integer(5), key_of("Agent/1"));
  EXPECT_EQ(row->integer(6), key_of("1301-1302"));
  EXPECT_EQ(row->integer(7), key_of("t13d"));
  EXPECT_EQ(row->integer(8), key_of("example.com"));
  ASSERT_TRUE(*row->step());
  EXPECT_TRUE(row->is_null(6));
  EXPECT_TRUE(row->is_null(7));
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->integer(5), kNoKey);
  EXPECT_TRUE(row->is_null(6)) << "its line cannot be read";
  EXPECT_EQ(row->integer(8), key_of("2001:db8::1"));
  EXPECT_EQ(of("SELECT count(*) FROM sessions"), 3);
}

TEST_F(SchemaOne, HoursAndClientsAreAddedUp) {
  EXPECT_EQ(of("SELECT count(*) FROM hours"), 2);
  EXPECT_EQ(of("SELECT sessions * 1000 + bytes_up FROM hours WHERE hour = 2 AND kind = 'ssl'"), 2055);
  EXPECT_EQ(of("SELECT analysed FROM hours WHERE hour = 2"), 1) << "ten messages each way";
  EXPECT_EQ(of("SELECT analysed FROM hours WHERE hour = 3"), 0) << "no CONNECT";
  EXPECT_EQ(of("SELECT count(*) FROM clients"), 2);
  EXPECT_EQ(of("SELECT sessions * 1000 + bytes_down FROM clients WHERE client = '10.0.0.1'"), 2077);
  EXPECT_EQ(
      of("SELECT last_us FROM clients WHERE client_key = " + std::to_string(client_key_of("10.0.0.2", {}))),
      10'800'000'000);
}

TEST_F(SchemaOne, FindingsKeepWhatWasSaidAndGetWhatListsShow) {
  EXPECT_EQ(of("SELECT count(*) FROM findings WHERE finding_id = 'f1' AND decision = 'confirmed' AND "
               "application = 'ssh'"
               " AND application_class = 'tunnel' AND sessions = 42 AND clients = 7 AND evidence = 'heaviest'"
               " AND first_seen_us = 1 AND last_seen_us = 2 AND is_current = 1"),
            1);
  EXPECT_EQ(of("SELECT instr(words, 'odd/1') * instr(words, 'b.example') > 0 FROM findings WHERE finding_id "
               "= 'f1'"),
            1);
  EXPECT_EQ(of("SELECT count(*) FROM finding_destinations WHERE finding_id = 'f1'"), 2);
  EXPECT_EQ(of("SELECT count(*) FROM finding_clients WHERE client = '10.0.0.1' AND finding_id = 'f1'"), 1);
  EXPECT_EQ(of("SELECT count(*) FROM findings WHERE finding_id = 'f2' AND line = '{\"cut' AND words = "
               "'cut.example:80'"),
            1);
  EXPECT_EQ(of("SELECT announced_us FROM announcements"), 5);
}

TEST_F(SchemaOne, AlertsAndGroupsStay) {
  EXPECT_EQ(of("SELECT id * 100 + time_us FROM alerts WHERE alert_id = 'a1'"), 711);
  ASSERT_TRUE(
      database_->execute("DELETE FROM alerts; INSERT INTO alerts VALUES"
                         " (NULL, 'a2', 1, '', '', '', '', '', '', '')"));
  EXPECT_EQ(of("SELECT id FROM alerts"), 8) << "no id is given twice";
  EXPECT_EQ(of("SELECT sessions * 10 + last_us FROM groups"), 20);
}

TEST(SchemaSteps, NothingInTheFileNeedsOurFunctions) {
  store::testing::Folder folder;
  std::ofstream(folder.file("test.db"));
  auto database = Database::open(folder.file("test.db"));
  ASSERT_TRUE(migrate(*database, migrations()));
  EXPECT_EQ(number(*database, "SELECT count(*) FROM sqlite_schema WHERE instr(sql, 'mogura_') > 0"), 0);
}

}  // namespace
}  // namespace mogura::store::detail
