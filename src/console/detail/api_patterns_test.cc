#include "console/detail/api_patterns.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::Json;

using Patterns = testing::ApiScene;

TEST(IsPatternId, IsThatOfTheFormat) {
  for (const char* id : {"a", "0", "ssh-in-connect-3f2a", "a-"}) EXPECT_TRUE(is_pattern_id(id)) << id;
  for (const char* id : {"", "-a", "A", "a.toml", "..", "a/b", "a_b"}) EXPECT_FALSE(is_pattern_id(id)) << id;
  EXPECT_TRUE(is_pattern_id(std::string(64, 'a')));
  EXPECT_FALSE(is_pattern_id(std::string(65, 'a')));
}

TEST_F(Patterns, ListsAllOnOnePage) {
  workshop_.add("a", true);
  workshop_.add("b", false);
  workshop_.entries.find("b")->second.row.rates = PatternRow::Rates{3, 3, 100, 1};
  const Json found = json("/api/patterns", {{"limit", "1"}});
  EXPECT_EQ(found["rows"].size(), 2u);
  EXPECT_EQ(found["total"], 2);
  EXPECT_EQ(found["rows"][0]["candidate"], true);
  EXPECT_EQ(found["rows"][1]["rates"]["ordinary_sessions"], 100);
  EXPECT_NE(ask("/api/patterns", {{"format", "csv"}})
                .body.find("\r\na,,,,,,,true,,,,\r\nb,,,,,,,false,3,3,100,1\r\n"),
            std::string::npos);
}

TEST_F(Patterns, ListsNoneWithoutAFolder) {
  workshop_.has_folder = false;
  EXPECT_TRUE(json("/api/patterns")["rows"].empty());
  EXPECT_EQ(ask("/api/patterns/a").status, 404u);
  EXPECT_EQ(ask("/api/patterns/export", {{"format", "json"}}).status, 404u);
  EXPECT_EQ(post("/api/patterns/a", R"({"text":"x"})").status, 404u);
}

TEST_F(Patterns, ShowsOne) {
  workshop_.add("a", true);
  const Json found = json("/api/patterns/a");
  EXPECT_EQ(found["text"], "format = 1\n");
  EXPECT_EQ(found["row"]["candidate"], true);
  EXPECT_EQ(ask("/api/patterns/b").status, 404u);
  EXPECT_EQ(ask("/api/patterns/B").status, 404u);
}

TEST_F(Patterns, ExportsForOthers) {
  const Reply reply = ask("/api/patterns/export", {{"format", "zeek"}, {"id", "a"}});
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.file_name, "mogura-zeek.sig");
  EXPECT_EQ(reply.type, "text/plain; charset=utf-8");
  EXPECT_EQ(reply.body, "alert tcp\n");
  EXPECT_EQ(workshop_.asked_format, "zeek");
  EXPECT_EQ(workshop_.asked_name, "a");
  EXPECT_EQ(ask("/api/patterns/export", {{"format", "json"}}).type, "application/json");
  EXPECT_EQ(ask("/api/patterns/export").status, 400u);
  EXPECT_EQ(ask("/api/patterns/export", {{"format", "yara"}}).status, 400u);
  EXPECT_EQ(ask("/api/patterns/export", {{"format", "json"}, {"id", "../x"}}).status, 400u);
}

TEST_F(Patterns, TheWordThatAsksForAllOfThemIsNoId) {
  EXPECT_EQ(post("/api/patterns/export", R"({"text":"format = 1\n"})").status, 400u);
  EXPECT_TRUE(archive_.audit_rows.empty());
}

TEST_F(Patterns, DraftsForAFinding) {
  EXPECT_EQ(json(finding("/draft")), Json::parse(R"({"id":"finding-01234567","text":"format = 1\n"})"));
  EXPECT_EQ(ask("/api/findings/fedcba9876543210/draft").status, 404u);
  workshop_.error = Error{ErrorCode::kUnsupported, "", "nothing tells its sessions from the ordinary ones"};
  EXPECT_EQ(ask(finding("/draft")).status, 409u);
}

TEST_F(Patterns, PreviewsWithoutChangingAnything) {
  workshop_.preview_now = {"", 100, 4, 3, 3, {{R"({"kind":"ssl"})", {"kind is ssl"}}, {"broken", {}}}};
  is_read_only_ = true;
  const Reply reply = post("/api/patterns/preview", R"({"text":"a\tb\n","finding_id":"0123456789abcdef"})");
  EXPECT_EQ(
      Json::parse(reply.body),
      Json::parse(R"({"sessions":100,"hits":4,"service_hits":3,"service_sessions":3,"examples":[)"
                  R"({"line":{"kind":"ssl"},"reasons":["kind is ssl"]},{"line_error":true,"reasons":[]}]})"));
  EXPECT_EQ(workshop_.asked_text, "a\tb\n");
  EXPECT_EQ(workshop_.asked_finding, "0123456789abcdef");
  EXPECT_TRUE(archive_.audit_rows.empty());
  workshop_.preview_now = {.error = "line 1: no"};
  EXPECT_EQ(Json::parse(post("/api/patterns/preview", R"({"text":""})").body)["error"], "line 1: no");
  EXPECT_EQ(post("/api/patterns/preview", R"({"text":"x","finding_id":"y"})").status, 400u);
}

TEST_F(Patterns, SavesAcceptsAndRemoves) {
  const Reply saved = post("/api/patterns/a", R"({"text":"format = 1\n# x\n"})");
  EXPECT_EQ(Json::parse(saved.body)["text"], "format = 1\n# x\n") << saved.body;
  const Reply accepted = post("/api/patterns/a/accept", "{}");
  EXPECT_EQ(Json::parse(accepted.body)["row"]["candidate"], false);
  EXPECT_EQ(workshop_.accepted_by, "ann");
  const Reply again = post("/api/patterns/a/accept", "{}");
  EXPECT_EQ(again.status, 409u);
  EXPECT_EQ(code_of(again), "conflict");
  const Reply removed = send({.method = "DELETE", .path = "/api/patterns/a"});
  EXPECT_EQ(removed.status, 204u);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(send({.method = "DELETE", .path = "/api/patterns/a"}).status, 404u);
  EXPECT_EQ(post("/api/patterns/a/accept", "{}").status, 404u);
  ASSERT_EQ(archive_.audit_rows.size(), 3u);
  EXPECT_EQ(archive_.audit_rows[0].action, "pattern-remove");
  EXPECT_EQ(archive_.audit_rows[1].action, "pattern-accept");
  EXPECT_EQ(archive_.audit_rows[2].action, "pattern-save");
  EXPECT_EQ(archive_.audit_rows[2].subject, "a");
}

TEST_F(Patterns, WritesDownWhatFailed) {
  workshop_.error = Error{ErrorCode::kFormat, "a.toml:3", "no such key"};
  const Reply reply = post("/api/patterns/a", R"({"text":"x"})");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(message_of(reply), "a.toml:3: no such key");
  ASSERT_EQ(archive_.audit_rows.size(), 2u);
  EXPECT_EQ(archive_.audit_rows[0].detail, "failed: a.toml:3: no such key");
}

TEST_F(Patterns, DoesNothingThatCannotBeWrittenDown) {
  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database is locked"};
  EXPECT_EQ(post("/api/patterns/a", R"({"text":"x"})").status, 503u);
  EXPECT_TRUE(workshop_.entries.empty());
}

TEST_F(Patterns, RefusesTextsBeyondAPattern) {
  const auto body = [](std::size_t size) { return R"({"text":")" + std::string(size, 'x') + "\"}"; };
  EXPECT_EQ(post("/api/patterns/a", body(kPatternTextBytes)).status, 200u);
  EXPECT_EQ(post("/api/patterns/a", body(kPatternTextBytes + 1)).status, 400u);
  EXPECT_EQ(post("/api/patterns/a", R"({"text":"\u0000"})").status, 400u);
  EXPECT_EQ(post("/api/patterns/a", "{}").status, 400u);
}

TEST_F(Patterns, CannotBeChangedInAFolderThatCannot) {
  workshop_.add("a", true);
  workshop_.is_writable = false;
  EXPECT_EQ(code_of(post("/api/patterns/a", R"({"text":"x"})")), "read-only");
  EXPECT_EQ(post("/api/patterns/a/accept", "{}").status, 403u);
  EXPECT_EQ(send({.method = "DELETE", .path = "/api/patterns/a"}).status, 403u);
  EXPECT_TRUE(archive_.audit_rows.empty());
}

}  // namespace
}  // namespace mogura::console::detail
