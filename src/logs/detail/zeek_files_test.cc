#include "logs/detail/zeek_files.h"

#include <gtest/gtest.h>

#include "logs/detail/folder_test.h"

namespace mogura::logs::detail {
namespace {

using session::Kind;
using session::Session;

std::string http_row(int time, const std::string& uid) {
  return std::to_string(time) + "\t" + uid + "\t10.0.0.1\t50000\t192.0.2.1\t80\t1\tGET\ta.example\n";
}
std::string conn_row(int time, const std::string& uid, int duration) {
  return std::to_string(time) + "\t" + uid + "\t10.0.0.1\t50000\t192.0.2.1\t80\ttcp\thttp\t" +
         std::to_string(duration) + "\t100\t200\tSF\n";
}
const std::string kIds = "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p";
const std::string kHttpHeader = "#separator \\x09\n#path\thttp\n" + kIds + "\ttrans_depth\tmethod\thost\n";
const std::string kConnHeader = "#separator \\x09\n#path\tconn\n" + kIds +
                                "\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\n";

struct Outcome {
  std::vector<Session> sessions;
  std::vector<InputReport> reports;
  std::uint64_t early = 0;
};

Outcome read(const std::vector<std::string>& paths, std::size_t most) {
  Outcome outcome;
  OpenSessions open(Limits{}, most, [&outcome](const Session& s) { outcome.sessions.push_back(s); });
  std::vector<InputFile> files = find_files(paths, {});
  std::vector<InputFile*> recognised;
  for (InputFile& file : files) {
    EXPECT_TRUE(file.recognise({})) << file.report.path;
    recognised.push_back(&file);
  }
  read_zeek(recognised, open);
  outcome.early = open.handed_out_early();
  for (InputFile& file : files) outcome.reports.push_back(file.report);
  return outcome;
}

TEST(ReadZeek, GoesThroughTheLogsInStep) {
  const testing::Folder folder;
  constexpr int kConnections = 500;
  std::string http = kHttpHeader;
  std::string conn = kConnHeader;
  for (int i = 0; i < kConnections; ++i) {
    http += http_row(1000 + i, "C" + std::to_string(i));
    conn += conn_row(1000 + i, "C" + std::to_string(i), 2);
  }
  // All of conn.log before http.log would need 500 open sessions; in step a few are enough.
  const Outcome outcome = read({folder.add("conn.log", conn), folder.add("http.log", http)}, 8);
  EXPECT_EQ(outcome.sessions.size(), 500u);
  EXPECT_EQ(outcome.early, 0u);
  for (const Session& session : outcome.sessions) {
    EXPECT_EQ(session.kind, Kind::kGetPost);
    EXPECT_EQ(session.bytes[1], 200u);
  }
  EXPECT_EQ(outcome.reports[0].format, "zeek-conn");
  EXPECT_EQ(outcome.reports[1].format, "zeek-http");
  EXPECT_EQ(outcome.reports[1].lines, 503u);
}

TEST(ReadZeek, TakesRotatedFilesInOrderOfTime) {
  const testing::Folder folder;
  const Outcome outcome =
      read({folder.add("b.log", kHttpHeader + http_row(2000, "C2")),
            folder.add("a.log", kHttpHeader + http_row(1000, "C1")),
            folder.add("conn.log", kConnHeader + conn_row(1000, "C1", 1) + conn_row(2000, "C2", 1))},
           1);
  EXPECT_EQ(outcome.sessions.size(), 2u);
  EXPECT_EQ(outcome.early, 0u);
}

TEST(ReadZeek, ReadsJsonOfSeveralLogsInOneFile) {
  const testing::Folder folder;
  const std::string ids =
      R"("uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":50000,"id.resp_h":"192.0.2.1","id.resp_p":80})";
  const Outcome outcome = read(
      {folder.add(
          "all.json",
          R"({"_path":"http","ts":1000.5,"trans_depth":1,"method":"GET","host":"a.example",)" + ids + "\n" +
              R"({"_path":"weird","ts":1000.6,)" + ids + "\n" +
              R"({"_path":"conn","ts":1000.1,"proto":"tcp","conn_state":"SF","duration":1.5,"resp_bytes":9,)" +
              ids)},
      8);
  ASSERT_EQ(outcome.sessions.size(), 1u);
  EXPECT_EQ(outcome.sessions.front().destination, "a.example:80");
  EXPECT_EQ(outcome.sessions.front().bytes[1], 9u);
}

TEST(ReadZeek, CountsBadRowsAndReadsTheRest) {
  const testing::Folder folder;
  std::string http = kHttpHeader;
  for (std::size_t i = 0; i < kErrors + 5; ++i) http += "broken\n";
  http += http_row(1000, "C1") + "1000\t\t\t\t\t\t\t\t\n";
  const Outcome outcome = read({folder.add("http.log", http)}, 8);
  EXPECT_EQ(outcome.sessions.size(), 1u);
  EXPECT_EQ(outcome.reports[0].bad_lines, kErrors + 6);
  ASSERT_EQ(outcome.reports[0].errors.size(), kErrors);
  EXPECT_EQ(outcome.reports[0].errors[0].place, folder.path() + "/http.log line 4");
  EXPECT_EQ(outcome.reports[0].errors[0].cause, "fewer columns than #fields names");
}

}  // namespace
}  // namespace mogura::logs::detail
