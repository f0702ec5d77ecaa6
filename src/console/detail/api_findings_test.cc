#include "console/detail/api_findings.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::at;
using testing::FakeArchive;
using testing::Json;

using Findings = testing::ApiScene;

TEST(IsFindingId, TakesSixteenHexadecimalDigits) {
  EXPECT_TRUE(is_finding_id("0123456789abcdef"));
  EXPECT_FALSE(is_finding_id("0123456789ABCDEF"));
  EXPECT_FALSE(is_finding_id("0123456789abcde"));
  EXPECT_FALSE(is_finding_id("0123456789abcdeff"));
  EXPECT_FALSE(is_finding_id("../../etc/passwd"));
  EXPECT_FALSE(is_finding_id(""));
}

TEST_F(Findings, PassesEveryFilterOn) {
  json("/api/findings", {{"q", "words"},
                         {"status", "confirmed"},
                         {"severity", "high"},
                         {"kind", "ssl"},
                         {"application", "app"},
                         {"client", "10.0.0.1"},
                         {"assignee", "bob"},
                         {"min_score", "0.5"},
                         {"earlier", "1"},
                         {"since", "1970-01-01T00:01:40Z"},
                         {"sort", "-clients"}});
  const report::FindingFilter& filter = archive_.finding_filter;
  EXPECT_EQ(filter.text, "words");
  EXPECT_EQ(filter.status, "confirmed");
  EXPECT_EQ(filter.severity, "high");
  EXPECT_EQ(filter.kind, "ssl");
  EXPECT_EQ(filter.application, "app");
  EXPECT_EQ(filter.client, "10.0.0.1");
  EXPECT_EQ(filter.assignee, "bob");
  EXPECT_EQ(filter.least_score, 0.5);
  EXPECT_TRUE(filter.with_earlier);
  EXPECT_EQ(filter.first_since, at(100));
  EXPECT_EQ(filter.order, report::FindingOrder::kClients);
  EXPECT_FALSE(filter.is_ascending);
}

TEST_F(Findings, SortsBothWays) {
  const struct {
    const char* sort;
    report::FindingOrder order;
    bool is_ascending;
  } rows[] = {
      {"", report::FindingOrder::kScore, false},
      {"score", report::FindingOrder::kScore, true},
      {"-first", report::FindingOrder::kFirst, false},
      {"last", report::FindingOrder::kLast, true},
      {"destination", report::FindingOrder::kDestination, true},
      {"application", report::FindingOrder::kApplication, true},
      {"-sessions", report::FindingOrder::kSessions, false},
      {"status", report::FindingOrder::kStatus, true},
  };
  for (const auto& row : rows) {
    json("/api/findings", {{"sort", row.sort}});
    EXPECT_EQ(archive_.finding_filter.order, row.order) << row.sort;
    EXPECT_EQ(archive_.finding_filter.is_ascending, row.is_ascending) << row.sort;
  }
  EXPECT_EQ(ask("/api/findings", {{"sort", "severity"}}).status, 400u);
}

TEST_F(Findings, GroupsByApplicationOrClient) {
  archive_.group_rows = {{"ssh", 2, 30, 0.9}, {"", 1, 1, 0.4}};
  const Json groups = json("/api/finding-groups", {{"by", "client"}, {"status", "new"}});
  EXPECT_EQ(groups["rows"][0],
            Json::parse(R"({"key":"ssh","findings":2,"sessions":30,"highest_score":0.9})"));
  EXPECT_EQ(groups["rows"][1]["key"], "");
  EXPECT_EQ(archive_.grouped_by, report::FindingGroup::kClient);
  EXPECT_EQ(archive_.finding_filter.status, "new");
  EXPECT_EQ(ask("/api/finding-groups").status, 400u);
  EXPECT_EQ(ask("/api/finding-groups", {{"by", "kind"}}).status, 400u);
}

TEST_F(Findings, ShowsAFindingWhole) {
  archive_.record.line =
      R"({"finding_id":"0123456789abcdef","destination":"relay.example:443","kind":"ssl"})";
  archive_.record.row.destination = "relay.example:443";
  archive_.record.decision = {"sanctioned", "ops", "backup", at(testing::ApiScene::kNow + 86400),
                              "ann",        at(50)};
  archive_.record.own_name = "Backup";
  archive_.record.notes = {{1, at(60), "bob", "first\nsecond"}};
  archive_.record.history = {{at(50), "ann", "10.0.0.1", "sanction", "0123456789abcdef", "owner ops"}};
  archive_.time_line = {at(0), at(100), {{"10.0.0.9", {1, 0, 2}}}, true};
  const Json found = json(finding());
  EXPECT_EQ(found["finding"]["destination"], "relay.example:443");
  EXPECT_EQ(found["row"]["finding_id"], "0123456789abcdef");
  EXPECT_EQ(found["decision"]["status"], "sanctioned");
  EXPECT_EQ(found["decision"]["expires"], "2026-11-22T22:26:40.000000Z");
  EXPECT_EQ(found["own_name"], "Backup");
  EXPECT_EQ(found["notes"][0]["text"], "first\nsecond");
  EXPECT_EQ(found["history"][0]["action"], "sanction");
  EXPECT_EQ(found["timeline"]["clients"][0], Json::parse(R"({"client":"10.0.0.9","sessions":[1,0,2]})"));
  EXPECT_EQ(found["timeline"]["cut"], true);
  EXPECT_NE(found["allow_entry"].get<std::string>().find("host = \"relay.example:443\""), std::string::npos);
}

TEST_F(Findings, ShowsAFindingWhoseLineIsBroken) {
  archive_.record.line = "{\"finding_id\":";
  archive_.record.row.destination = "relay.example:443";
  const Json found = json(finding());
  EXPECT_FALSE(found.contains("finding"));
  EXPECT_EQ(found["line_error"], true);
  EXPECT_EQ(found["row"]["destination"], "relay.example:443");
  EXPECT_FALSE(found.contains("allow_entry"));
}

TEST_F(Findings, AnswersNotFoundForOthers) {
  EXPECT_EQ(ask("/api/findings/fedcba9876543210").status, 404u);
  EXPECT_EQ(ask("/api/findings/fedcba9876543210/sessions").status, 404u);
  EXPECT_EQ(ask("/api/findings/nonsense").status, 404u);
  EXPECT_EQ(ask(finding(), {{"x", "1"}}).status, 400u);
}

TEST_F(Findings, ListsSessionsOfOne) {
  archive_.session_rows = {{.session_id = "1:a", .line = R"({"kind":"ssl"})"},
                           {.session_id = "1:b", .line = "["}};
  const Json sessions = json(finding("/sessions"));
  EXPECT_EQ(sessions["rows"][0]["line"]["kind"], "ssl");
  EXPECT_EQ(sessions["rows"][1]["line_error"], true);
  EXPECT_EQ(ask(finding("/sessions"), {{"after", "x"}}).status, 400u) << "the finding is there";
  EXPECT_EQ(ask("/api/findings/fedcba9876543210/sessions", {{"after", "x"}}).status, 404u);
  EXPECT_EQ(ask(finding("/sessions"), {{"format", "csv"}}).file_name,
            "mogura-finding-0123456789abcdef-sessions.csv");
}

TEST_F(Findings, SaysThatTheArchiveFailed) {
  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database is locked"};
  for (const int calls : {0, 1}) {
    archive_.calls = 0;
    archive_.calls_before_error = calls;
    EXPECT_EQ(ask(finding()).status, 503u) << calls;
  }
  archive_.calls_before_error = 0;
  EXPECT_EQ(ask("/api/findings").status, 503u);
  EXPECT_EQ(ask("/api/finding-groups", {{"by", "client"}}).status, 503u);
  EXPECT_EQ(ask(finding("/sessions")).status, 503u);
}

}  // namespace
}  // namespace mogura::console::detail
