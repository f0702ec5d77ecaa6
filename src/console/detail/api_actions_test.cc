#include "console/detail/api_actions.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::at;
using testing::Json;

using Actions = testing::ApiScene;

TEST_F(Actions, SanctionsWithOwnerAndExpiry) {
  const Reply reply = post(finding("/decision"), R"({"status":"sanctioned","owner":"ops","reason":"backup",)"
                                                 R"("expires":"2027-01-31"})");
  ASSERT_EQ(reply.status, 200u) << reply.body;
  EXPECT_EQ(Json::parse(reply.body)["decision"]["expires"], "2027-01-31T23:59:59.999999Z");
  EXPECT_EQ(archive_.record.decision.by, "ann");
  EXPECT_EQ(archive_.record.decision.time, at(kNow));
  ASSERT_EQ(archive_.audit_rows.size(), 1u);
  const report::AuditEntry& audit = archive_.audit_rows.front();
  EXPECT_EQ(audit.user, "ann");
  EXPECT_EQ(audit.address, "10.0.0.1");
  EXPECT_EQ(audit.action, "sanction");
  EXPECT_EQ(audit.subject, "0123456789abcdef");
  EXPECT_EQ(audit.detail, "owner ops; until 2027-01-31T23:59:59.999999Z; backup");
  EXPECT_EQ(audit.time, at(kNow));
}

TEST_F(Actions, ConfirmsAndTakesBack) {
  EXPECT_EQ(post(finding("/decision"), R"({"status":"confirmed"})").status, 200u);
  EXPECT_EQ(archive_.record.decision.status, "confirmed");
  EXPECT_EQ(post(finding("/decision"), R"({"status":""})").status, 200u);
  EXPECT_EQ(archive_.record.decision.status, "");
  EXPECT_EQ(archive_.audit_rows[0].action, "reset");
  EXPECT_EQ(archive_.audit_rows[1].action, "confirm");
}

TEST_F(Actions, RefusesDecisionsThatMakeNoSense) {
  const struct {
    std::string body;
    const char* message;
  } rows[] = {
      {R"({"status":"sanctioned"})", "owner: is needed"},
      {R"({"status":"sanctioned","owner":" "})", "owner: is needed"},
      {"{}", "status: is needed"},
      {R"({"status":"new"})", "status: must be \"sanctioned\", \"confirmed\" or empty"},
      {R"({"status":"sanctioned","owner":"o","expires":"2020-01-01"})", "expires: is over already"},
      {R"({"status":"sanctioned","owner":"o","expires":"soon"})",
       "expires: must be a date or time of RFC 3339, as 2027-01-31"},
      {R"({"status":"confirmed","expires":"2027-01-31"})", "expires: is only for what is sanctioned"},
      {R"({"status":"confirmed","by":"eve"})", "by: is not known here"},
      {R"({"status":"sanctioned","owner":"o\u0007"})", "owner: must not hold control characters"},
      {R"({"status":true})", "status: must be a text"},
      {"", "the body is no JSON object"},
  };
  for (const auto& row : rows) {
    const Reply reply = post(finding("/decision"), row.body);
    EXPECT_EQ(reply.status, 400u) << row.body;
    EXPECT_EQ(message_of(reply), row.message) << row.body;
  }
  EXPECT_TRUE(archive_.audit_rows.empty());
}

TEST_F(Actions, NamesAndAssigns) {
  EXPECT_EQ(Json::parse(post(finding("/name"), R"({"name":"Backup"})").body)["own_name"], "Backup");
  EXPECT_EQ(Json::parse(post(finding("/assignee"), R"({"assignee":"bob"})").body)["row"]["assignee"], "bob");
  EXPECT_EQ(post(finding("/name"), R"({"name":""})").status, 200u);
  EXPECT_EQ(archive_.record.own_name, "");
  EXPECT_EQ(archive_.audit_rows.size(), 3u);
  EXPECT_EQ(archive_.audit_rows[1].action, "assign");
  EXPECT_EQ(archive_.audit_rows[2].detail, "Backup");
  const auto named = [](std::size_t size) { return R"({"name":")" + std::string(size, 'x') + "\"}"; };
  EXPECT_EQ(post(finding("/name"), named(kNameBytes)).status, 200u);
  EXPECT_EQ(post(finding("/name"), named(kNameBytes + 1)).status, 400u);
}

TEST_F(Actions, KeepsNotesOfSeveralLines) {
  const Reply reply = post(finding("/notes"), R"({"text":"one\ntwo"})");
  EXPECT_EQ(Json::parse(reply.body)["notes"][0]["text"], "one\ntwo");
  EXPECT_EQ(archive_.audit_rows.front().action, "note");
  const auto note = [](std::size_t size) { return R"({"text":")" + std::string(size, 'x') + "\"}"; };
  EXPECT_EQ(post(finding("/notes"), note(kNoteBytes)).status, 200u);
  EXPECT_EQ(archive_.audit_rows.front().detail.size(), kAuditDetailBytes);
  EXPECT_EQ(post(finding("/notes"), note(kNoteBytes + 1)).status, 400u);
  EXPECT_EQ(post(finding("/notes"), R"({"text":"\n"})").status, 400u);
  EXPECT_EQ(post(finding("/notes"), R"({"text":"a\tb"})").status, 400u);
}

TEST_F(Actions, AsksWhoisOnceThatIsWrittenDown) {
  archive_.record.row.destination = "[2001:db8::1]:443";
  workshop_.whois_text = "OrgName: \x1b[2J";
  const Reply reply = post(finding("/whois"), "{}");
  EXPECT_EQ(reply.body, R"({"name":"2001:db8::1","text":"OrgName: \u001b[2J"})");
  EXPECT_EQ(archive_.audit_rows.front().action, "whois");
  EXPECT_EQ(archive_.audit_rows.front().detail, "2001:db8::1");
  EXPECT_EQ(workshop_.asked_name, "2001:db8::1");

  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database or disk is full"};
  archive_.calls_before_error = 1;
  workshop_.asked_name.clear();
  EXPECT_EQ(post(finding("/whois"), "{}").status, 500u);
  EXPECT_EQ(workshop_.asked_name, "") << "what cannot be written down is not asked";
}

TEST_F(Actions, SaysWhyWhoisDoesNotAnswer) {
  workshop_.error = Error{ErrorCode::kLimit, "", "too many questions"};
  EXPECT_EQ(post(finding("/whois"), "{}").status, 429u);
  workshop_.error = Error{ErrorCode::kIo, "whois.example", "connection refused"};
  EXPECT_EQ(post(finding("/whois"), "{}").status, 500u);
  workshop_.error = Error{ErrorCode::kUsage, "", "is no name"};
  EXPECT_EQ(post(finding("/whois"), "{}").status, 409u);
  workshop_.may_whois = false;
  EXPECT_EQ(post(finding("/whois"), "{}").status, 409u);
}

TEST_F(Actions, LeavesNothingWhereThereIsNoSuchFinding) {
  const struct {
    const char* action;
    const char* body;
  } rows[] = {
      {"decision", R"({"status":""})"},
      {"name", R"({"name":"x"})"},
      {"assignee", R"({"assignee":""})"},
      {"notes", R"({"text":"x"})"},
      {"whois", "{}"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(post("/api/findings/fedcba9876543210/" + std::string(row.action), row.body).status, 404u)
        << row.action;
  }
  EXPECT_TRUE(archive_.audit_rows.empty());
}

TEST_F(Actions, SaysThatTheArchiveIsBusy) {
  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database is locked"};
  EXPECT_EQ(post(finding("/name"), R"({"name":"x"})").status, 503u);
  EXPECT_EQ(post(finding("/whois"), "{}").status, 503u);
}

}  // namespace
}  // namespace mogura::console::detail
