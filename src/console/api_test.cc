#include "console/api.h"

#include <stdexcept>

#include "console/testing/api_scene_test.h"

namespace mogura::console {
namespace {

using testing::Json;

using ApiTest = testing::ApiScene;

TEST_F(ApiTest, AnswersWithJson) {
  const Reply reply = ask("/api/overview");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.type, "application/json");
  EXPECT_EQ(reply.file_name, "");
  EXPECT_TRUE(Json::accept(reply.body));
}

TEST_F(ApiTest, EscapesHostileTextEverywhere) {
  const std::string hostile("\"</script>\x1b[31m\u202e\0\xff\r\n", 23);
  archive_.finding_rows = {{.destination = hostile, .application = hostile, .top_evidence = hostile}};
  archive_.record.notes = {{1, {}, hostile, hostile}};
  archive_.record.decision.reason = hostile;
  for (const std::string& path : {std::string("/api/findings"), finding(), std::string("/api/overview")}) {
    const Reply reply = ask(path);
    EXPECT_TRUE(Json::accept(reply.body)) << path;
    for (const char c : reply.body) EXPECT_GE(static_cast<unsigned char>(c), 0x20u) << path;
    EXPECT_EQ(reply.body.find("\u202e"), std::string::npos);
  }
}

class ThrowingArchive : public testing::FakeArchive {
 public:
  Result<report::Totals> totals() override { throw std::runtime_error("out of \x1b memory"); }
  Result<std::int64_t> last_alert() override { throw std::runtime_error("again"); }
};

TEST(Api, OutlivesWhatALibraryThrows) {
  ThrowingArchive archive;
  testing::FakeWorkshop workshop;
  Api api({archive, workshop, [] { return Timestamp(); }, "1"});
  const Reply reply = api.handle({.method = "GET", .path = "/api/overview"});
  EXPECT_EQ(reply.status, 500u);
  EXPECT_EQ(reply.body, R"({"error":{"code":"failed","message":"out of \u001b memory"}})");
  std::int64_t cursor = -1;
  EXPECT_EQ(api.live_events(cursor), "");
}

TEST_F(ApiTest, GivesLiveEvents) {
  Api live = api();
  std::int64_t cursor = -1;
  EXPECT_EQ(live.live_events(cursor), "");
  archive_.alert_rows = {{1, "{}"}};
  EXPECT_TRUE(live.live_events(cursor).starts_with("id: 1\nevent: alert\n"));
}

}  // namespace
}  // namespace mogura::console
