#include "console/detail/api_routes.h"

#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

class Routes : public testing::ApiScene {
 protected:
  static std::string path_of(const Route& route) {
    std::string path(route.path);
    const std::size_t star = path.find('*');
    if (star == std::string::npos) return path;
    const bool is_finding = route.id == Route::Id::kFinding;
    return path.replace(star, 1, is_finding ? testing::FakeArchive::kFindingId : std::string_view("a"));
  }
};

TEST_F(Routes, AnswersEachOfThem) {
  workshop_.add("a", true);
  for (const Route& route : routes()) {
    const Reply reply = send({.method = std::string(route.method), .path = path_of(route)});
    EXPECT_NE(reply.status, 404u) << route.path;
    EXPECT_NE(reply.status, 405u) << route.path;
    EXPECT_NE(reply.status, 500u) << route.path;
  }
}

TEST_F(Routes, RefusesWhateverChangesSomethingWhereItIsReadOnly) {
  is_read_only_ = true;
  workshop_.add("a", true);
  std::size_t refused = 0;
  for (const Route& route : routes()) {
    const Reply reply = send({.method = std::string(route.method), .path = path_of(route), .body = "{}"});
    EXPECT_EQ(reply.status == 403, route.changes) << route.path;
    EXPECT_EQ(route.changes, route.method != "GET" && route.path != "/api/patterns/preview") << route.path;
    if (reply.status != 403) continue;
    ++refused;
    EXPECT_EQ(code_of(reply), "read-only");
  }
  EXPECT_EQ(refused, 8u);
  EXPECT_TRUE(archive_.audit_rows.empty());
}

TEST_F(Routes, KnowsNoOtherPaths) {
  for (const char* path :
       {"/", "/api", "/api/", "/api/overview/", "/api/findings/", "/api//findings", "/api/findings//sessions",
        "/api/findings/0123456789abcdef/", "/api/findings/0123456789abcdef/x",
        "/api/findings/0123456789abcdef/sessions/x", "/api/patterns/a/accept/", "/api/patterns/a/b",
        "/api/OVERVIEW", "/api/session", "/api/login", "", "/api/findings/*"}) {
    const Reply reply = ask(path);
    EXPECT_EQ(reply.status, 404u) << path;
    EXPECT_EQ(code_of(reply), "not-found") << path;
  }
}

TEST_F(Routes, SaysThatAMethodIsNotTaken) {
  const struct {
    const char* method;
    std::string path;
  } rows[] = {{"POST", "/api/overview"},     {"PUT", "/api/findings"}, {"get", "/api/findings"},
              {"GET", finding("/decision")}, {"DELETE", finding()},    {"GET", "/api/patterns/a/accept"},
              {"", "/api/patterns/a"}};
  for (const auto& row : rows) {
    const Reply reply = send({.method = row.method, .path = row.path});
    EXPECT_EQ(reply.status, 405u) << row.method << row.path;
    EXPECT_EQ(code_of(reply), "method");
  }
}

TEST_F(Routes, PutsNamesBeforeIds) {
  workshop_.add("export", true);
  EXPECT_EQ(ask("/api/patterns/export").status, 400u) << "the export, which needs a format";
}

}  // namespace
}  // namespace mogura::console::detail
