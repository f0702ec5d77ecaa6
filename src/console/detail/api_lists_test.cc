#include "console/detail/api_lists.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::at;
using testing::Json;

using Lists = testing::ApiScene;

TEST_F(Lists, PassesFiltersOfSessionsOn) {
  archive_.session_rows = {{.session_id = "1:a", .start = at(1), .line = R"({"kind":"ssl"})"}};
  const Json found = json("/api/sessions", {{"destination", "d:1"},
                                            {"client", "c"},
                                            {"user_agent", "\u202e="},
                                            {"cipher_suites", "1301"},
                                            {"ja4", "t13d"},
                                            {"kind", "get-post"},
                                            {"registrable_domain", "example.org"},
                                            {"from", "1970-01-01T00:00:01Z"},
                                            {"to", "1970-01-01T00:00:02Z"}});
  EXPECT_EQ(found["rows"][0]["start"], "1970-01-01T00:00:01.000000Z");
  const report::SessionFilter& filter = archive_.session_filter;
  EXPECT_EQ(filter.destination, "d:1");
  EXPECT_EQ(filter.client, "c");
  EXPECT_EQ(filter.user_agent, "\u202e=");
  EXPECT_EQ(filter.cipher_suites, "1301");
  EXPECT_EQ(filter.ja4, "t13d");
  EXPECT_EQ(filter.kind, "get-post");
  EXPECT_EQ(filter.registrable_domain, "example.org");
  EXPECT_EQ(filter.from, at(1));
  EXPECT_EQ(filter.to, at(2));
  json("/api/sessions", {{"no_user_agent", "1"}});
  EXPECT_TRUE(archive_.session_filter.has_no_user_agent);
  EXPECT_EQ(ask("/api/sessions", {{"no_user_agent", "1"}, {"user_agent", "x"}}).status, 400u);
}

TEST_F(Lists, PassesFiltersOfClientsOn) {
  archive_.client_rows = {{.client = "10.0.0.1", .verdict = "no-jar", .score = 0.5}};
  const Json found = json("/api/clients", {{"q", "curl"}, {"client", "10.0.0.1"}, {"verdict", "no-jar"}});
  EXPECT_EQ(found["rows"][0]["verdict"], "no-jar");
  EXPECT_EQ(archive_.client_filter.text, "curl");
  EXPECT_EQ(archive_.client_filter.client, "10.0.0.1");
  EXPECT_EQ(archive_.client_filter.verdict, "no-jar");
}

TEST_F(Lists, AsksForOneClientsChallenges) {
  archive_.verdict_rows = {{at(1), "10.0.0.1", "curl", "h", "no-jar", 0.5, {"one", "two"}}};
  archive_.challenge_rows = {{at(3600), at(3700), "10.0.0.1", "curl", "h", "verified", "", 4}};
  const Json verdicts = json("/api/verdicts", {{"client", "10.0.0.1"}, {"user_agent", "curl"}});
  EXPECT_EQ(verdicts["rows"][0]["evidence"], Json::parse(R"(["one","two"])"));
  EXPECT_EQ(archive_.asked_client, "10.0.0.1");
  EXPECT_EQ(archive_.asked_user_agent, "curl");
  const Json challenges = json("/api/challenges", {{"client", "10.0.0.2"}});
  EXPECT_EQ(challenges["rows"][0]["count"], 4);
  EXPECT_EQ(archive_.asked_client, "10.0.0.2");
  EXPECT_EQ(archive_.asked_user_agent, "");
  EXPECT_EQ(message_of(ask("/api/verdicts")), "client: is needed");
  EXPECT_EQ(message_of(ask("/api/challenges", {{"client", ""}})), "client: is needed");
}

TEST_F(Lists, PassesFiltersOfAlertsOn) {
  archive_.alert_rows = {{2, R"({"kind":"finding","destination":"d"})"}, {1, "broken"}};
  const Json found = json("/api/alerts", {{"q", "d"},
                                          {"kind", "finding"},
                                          {"severity", "low"},
                                          {"pattern_id", "p"},
                                          {"finding_id", "0123456789abcdef"}});
  EXPECT_EQ(found["rows"][0], Json::parse(R"({"id":2,"kind":"finding","destination":"d"})"));
  EXPECT_EQ(found["rows"][1], Json::parse(R"({"id":1,"line_error":true})"));
  EXPECT_EQ(archive_.alert_filter.text, "d");
  EXPECT_EQ(archive_.alert_filter.kind, "finding");
  EXPECT_EQ(archive_.alert_filter.severity, "low");
  EXPECT_EQ(archive_.alert_filter.pattern_id, "p");
  EXPECT_EQ(archive_.alert_filter.finding_id, "0123456789abcdef");
  EXPECT_EQ(ask("/api/alerts", {{"kind", "ssl"}}).status, 400u);
}

TEST_F(Lists, WritesAlertsAsCsvFromTheirLines) {
  archive_.alert_rows = {
      {2, R"({"kind":"finding","score":0.5,"destination":"=d","clients":["a","b"],"x":1})"}, {1, "broken"}};
  const Reply reply = ask("/api/alerts", {{"format", "csv"}});
  EXPECT_NE(reply.body.find("\r\n2,,,finding,,0.5,,,,,,,,,,\"'=d\",,,a; b,\r\n1,,,,,,,,,,,,,,,,,,,\r\n"),
            std::string::npos)
      << reply.body;
}

TEST_F(Lists, ShowsTheAuditLog) {
  archive_.audit_rows = {{at(1), "ann", "10.0.0.1", "login", "", ""}};
  EXPECT_EQ(json("/api/audit")["rows"][0],
            Json::parse(R"({"time":"1970-01-01T00:00:01.000000Z","user":"ann","address":"10.0.0.1",)"
                        R"("action":"login"})"));
}

TEST_F(Lists, ShowsFiftyGroups) {
  auto& groups = archive_.population_groups[1];
  for (std::uint64_t i = 0; i < 60; ++i) {
    groups.emplace_back().key = "ua" + std::to_string(i);
    groups.back().sessions = 60 - i;
  }
  const Json found = json("/api/populations", {{"by", "user_agent"}});
  EXPECT_EQ(found["rows"].size(), 50u);
  EXPECT_EQ(found["total"], 50);
  EXPECT_EQ(found["rows"][0],
            Json::parse(R"({"key":"ua0","sessions":60,"clients":0,"destinations":0,"cipher_lists":0})"));
  EXPECT_TRUE(ask("/api/populations", {{"by", "ja4"}, {"format", "csv"}})
                  .body.starts_with("key,sessions,clients,destinations,user_agents,first,last\r\n"));
  EXPECT_EQ(ask("/api/populations").status, 400u);
  EXPECT_EQ(ask("/api/populations", {{"by", "kind"}}).status, 400u);
}

TEST_F(Lists, SayThatTheArchiveFailed) {
  archive_.error = Error{ErrorCode::kFormat, "mogura.db", "the database is damaged"};
  for (const char* path : {"/api/sessions", "/api/clients", "/api/alerts", "/api/audit"}) {
    EXPECT_EQ(ask(path).status, 500u) << path;
  }
  EXPECT_EQ(ask("/api/verdicts", {{"client", "c"}}).status, 500u);
  EXPECT_EQ(ask("/api/challenges", {{"client", "c"}}).status, 500u);
  EXPECT_EQ(ask("/api/populations", {{"by", "ja4"}}).status, 500u);
}

}  // namespace
}  // namespace mogura::console::detail
