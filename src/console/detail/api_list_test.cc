#include "console/detail/api_list.h"

#include "console/detail/api_rows.h"
#include "console/testing/api_scene_test.h"

namespace mogura::console::detail {
namespace {

using testing::Json;

class List : public testing::ApiScene {
 protected:
  void add_findings(std::size_t count, const std::string& application = {}) {
    for (std::size_t i = 0; i < count; ++i) {
      archive_.finding_rows.push_back({.destination = "d" + std::to_string(i), .application = application});
    }
  }
  static std::size_t lines_of(const Reply& reply) {
    return static_cast<std::size_t>(std::count(reply.body.begin(), reply.body.end(), '\n'));
  }
};

TEST_F(List, GoesOnWhereThePageBeforeEnded) {
  add_findings(5);
  const Json first = json("/api/findings", {{"limit", "3"}});
  EXPECT_EQ(first["rows"].size(), 3u);
  EXPECT_EQ(first["total"], 5);
  const Json second = json("/api/findings", {{"limit", "3"}, {"after", first["next"].get<std::string>()}});
  EXPECT_EQ(second["rows"].size(), 2u);
  EXPECT_FALSE(second.contains("next"));
  EXPECT_EQ(second["rows"][0]["destination"], "d3");
}

TEST_F(List, RefusesAnAfterThatIsNone) {
  EXPECT_EQ(ask("/api/findings", {{"after", "x'--"}}).status, 400u);
  EXPECT_EQ(ask("/api/findings", {{"after", std::string(2000, '1')}}).status, 400u);
}

TEST_F(List, DownloadsAllPagesAsCsv) {
  add_findings(1201, "=1+1");
  const Reply reply = ask("/api/findings", {{"format", "csv"}, {"limit", "3"}, {"after", "700"}});
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.type, "text/csv; charset=utf-8");
  EXPECT_EQ(reply.file_name, "mogura-findings.csv");
  EXPECT_EQ(lines_of(reply), 1202u);
  EXPECT_TRUE(reply.body.starts_with("finding_id,destination,"));
  EXPECT_NE(reply.body.find(",\"'=1+1\","), std::string::npos);
  EXPECT_EQ(archive_.page.limit, report::Page::kMost);
}

TEST_F(List, DownloadsJsonLines) {
  add_findings(3);
  const Reply reply = ask("/api/findings", {{"format", "json-lines"}});
  EXPECT_EQ(reply.file_name, "mogura-findings.jsonl");
  EXPECT_EQ(lines_of(reply), 3u);
  EXPECT_EQ(Json::parse(reply.body.substr(0, reply.body.find('\n')))["destination"], "d0");
}

TEST_F(List, CutsADownloadAfterItsRowsAndSaysSo) {
  add_findings(kDownloadRows);
  const Reply whole = ask("/api/findings", {{"format", "json-lines"}});
  EXPECT_EQ(lines_of(whole), kDownloadRows);
  EXPECT_EQ(whole.body.find("\"cut\""), std::string::npos);
  add_findings(1);
  const Reply cut = ask("/api/findings", {{"format", "json-lines"}});
  EXPECT_EQ(lines_of(cut), kDownloadRows + 1);
  EXPECT_TRUE(
      cut.body.ends_with("{\"cut\":true,\"message\":\"cut: there are more rows than a download holds\"}\n"));
  const Reply csv = ask("/api/findings", {{"format", "csv"}});
  EXPECT_EQ(lines_of(csv), kDownloadRows + 2);
  EXPECT_TRUE(csv.body.ends_with("cut: there are more rows than a download holds\r\n"));
}

TEST_F(List, CutsADownloadAfterItsBytes) {
  add_findings(40, std::string(std::size_t{2} << 20, 'x'));
  const Reply reply = ask("/api/findings", {{"format", "csv"}});
  EXPECT_LE(reply.body.size(), kDownloadBytes + 1000);
  EXPECT_EQ(lines_of(reply), 1u + 31u + 1u);
  EXPECT_TRUE(reply.body.ends_with("cut: there are more rows than a download holds\r\n"));
}

TEST_F(List, SaysThatAPageOfADownloadFailed) {
  add_findings(1201);
  archive_.error = Error{ErrorCode::kIo, "file", "database is locked"};
  archive_.calls_before_error = 1;
  EXPECT_EQ(ask("/api/findings", {{"format", "csv"}}).status, 503u);
}

// An archive whose pages never end.
TEST(DownloadReply, EndsWhereAnArchiveDoesNot) {
  testing::FakeArchive archive;
  testing::FakeWorkshop workshop;
  const ApiContext context{archive, workshop, [] { return Timestamp(); }, "1"};
  const Request request;
  JsonReader json;
  const Call call{request, context, json};
  std::size_t pages = 0;
  const Fetch<report::FindingRow> fetch = [&](const report::Page&) {
    ++pages;
    return report::Rows<report::FindingRow>{{}, "again", {}};
  };
  const Reply reply =
      download_reply<report::FindingRow>(call, ListForm::As::kJsonLines, "x", fetch, bad_page, {});
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(pages, kDownloadPages);
  EXPECT_NE(reply.body.find("\"cut\":true"), std::string::npos);
}

TEST(DownloadReply, EndsAfterItsTime) {
  testing::FakeArchive archive;
  testing::FakeWorkshop workshop;
  int asked = 0;
  const ApiContext context{archive, workshop, [&] { return testing::at(10 * ++asked); }, "1"};
  const Request request;
  JsonReader json;
  const Call call{request, context, json};
  const Fetch<report::FindingRow> fetch = [&](const report::Page&) {
    return report::Rows<report::FindingRow>{{{}}, "more", {}};
  };
  const Reply reply = download_reply<report::FindingRow>(call, ListForm::As::kCsv, "x", fetch, bad_page, {});
  EXPECT_EQ(asked, 3);
  EXPECT_TRUE(reply.body.ends_with("cut: there are more rows than a download holds\r\n"));
}

TEST(PageOf, NumbersItsPages) {
  const std::vector<int> all{0, 1, 2, 3, 4};
  const auto first = page_of(all, {2, ""});
  EXPECT_EQ(first->rows, (std::vector<int>{0, 1}));
  EXPECT_EQ(first->next, "2");
  EXPECT_EQ(first->total, 5u);
  EXPECT_EQ(page_of(all, {2, "4"})->rows, std::vector<int>{4});
  EXPECT_EQ(page_of(all, {2, "4"})->next, "");
  EXPECT_TRUE(page_of(all, {2, "999999"})->rows.empty());
  EXPECT_FALSE(page_of(all, {2, "1000000"}));
  EXPECT_FALSE(page_of(all, {2, "-1"}));
}

}  // namespace
}  // namespace mogura::console::detail
