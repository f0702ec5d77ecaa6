#include "logs/log_source.h"

#include <gmock/gmock.h>

#include <set>

#include "logs/detail/folder_test.h"
#include "report/session_line.h"

namespace mogura::logs {
namespace {

using session::Kind;
using session::Session;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

struct Read {
  Outcome outcome;
  std::vector<Session> sessions;
};

Read read_all(const std::vector<std::string>& paths, std::optional<Format> format = {}) {
  Read all;
  all.outcome = read(paths, format, Limits{}, [&all](const Session& s) { all.sessions.push_back(s); }, {});
  return all;
}

std::string squid_line(const std::string& url) {
  return "1546169125.919 208 10.1.2.3 TCP_MISS/200 1 GET " + url + " - HIER_DIRECT/192.0.2.1 -\n";
}

std::string session_line(const std::string& destination) {
  Session session;
  session.start = session.end = Timestamp(std::chrono::seconds(1'700'000'000));
  session.client = {*Address::parse("10.0.0.1"), 1};
  session.kind = Kind::kSsl;
  session.destination = destination;
  std::string line;
  report::write_session_line(session, {}, line);
  return line;
}

TEST(Read, TellsRequestsOfOneMillisecondApart) {
  const testing::Folder folder;
  const Read all =
      read_all({folder.add("access.log", squid_line("http://a.example/") + squid_line("http://a.example/"))});
  ASSERT_EQ(all.sessions.size(), 2u);
  std::set<std::string> ids;
  for (const Session& session : all.sessions) ids.insert(session_id(session));
  EXPECT_EQ(ids.size(), 2u);
  EXPECT_EQ(all.sessions[0].end - all.sessions[0].start, std::chrono::milliseconds(208));
}

TEST(Read, TakesSeveralFormatsAtOnceInAFixedOrder) {
  const testing::Folder folder;
  folder.add(
      "a-eve.json",
      R"({"timestamp":"2023-01-05T18:51:06Z","flow_id":1,"event_type":"tls","src_ip":"10.0.0.1","src_port":1,"dest_ip":"192.0.2.1","dest_port":443,"proto":"TCP","tls":{"sni":"eve.example"}})"
      "\n"
      R"({"timestamp":"2023-01-05T18:51:06Z","event_type":"stats","stats":{}})");
  folder.add("b-ssl.log",
             "#separator "
             "\\x09\n#path\tssl\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\n"
             "1000.5\tC1\t10.0.0.1\t1\t192.0.2.1\t443\tzeek.example\n");
  folder.add("c-sessions.jsonl", session_line("lines.example:443"));
  folder.add("d-access.log", squid_line("http://squid.example/"));
  folder.add("readme.txt", "no log\n");
  const Read all = read_all({folder.path()});
  std::vector<std::string> destinations;
  for (const Session& session : all.sessions) destinations.push_back(session.destination);
  EXPECT_EQ(destinations, (std::vector<std::string>{"lines.example:443", "squid.example:80",
                                                    "zeek.example:443", "eve.example:443"}));
  std::vector<std::string> formats;
  for (const InputReport& input : all.outcome.inputs) formats.push_back(input.format);
  EXPECT_EQ(formats, (std::vector<std::string>{"eve", "zeek-ssl", "sessions", "squid"}));
  EXPECT_THAT(all.outcome.counters, Contains(Pair("eve_stats_ignored", 1)));
  EXPECT_TRUE(all.outcome.seen.messages);
  for (const InputReport& input : all.outcome.inputs) {
    EXPECT_TRUE(input.first && input.last) << input.path;
    EXPECT_TRUE(input.errors.empty()) << input.path;
  }
}

TEST(Read, CountsBadLinesAndReadsTheRest) {
  const testing::Folder folder;
  for (const std::string& good : {squid_line("http://a.example/"), session_line("a.example:443")}) {
    std::string text = good;
    for (std::size_t i = 0; i < kErrors + 5; ++i) text += "{broken\n";
    const Read all = read_all({folder.add("f", text + good)});
    EXPECT_EQ(all.sessions.size(), 2u);
    const InputReport& report = all.outcome.inputs.at(0);
    EXPECT_EQ(report.lines, kErrors + 7);
    EXPECT_EQ(report.bad_lines, kErrors + 5);
    ASSERT_EQ(report.errors.size(), kErrors);
    EXPECT_EQ(report.errors[0].place, report.path + " line 2");
  }
}

TEST(Read, SaysWhatIsNoLogAndReadsTheOthers) {
  const testing::Folder folder;
  const Read all = read_all({folder.add("a", "no log\n"), folder.path() + "/nothing",
                             folder.add("b", squid_line("http://a.example/"))});
  EXPECT_EQ(all.sessions.size(), 1u);
  ASSERT_EQ(all.outcome.inputs.size(), 3u);
  EXPECT_EQ(all.outcome.inputs[0].errors.size(), 1u);
  EXPECT_EQ(all.outcome.inputs[1].errors.size(), 1u);
  EXPECT_TRUE(all.outcome.inputs[2].errors.empty());
}

TEST(Read, ShowsProgressUpToTheEnd) {
  const testing::Folder folder;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += squid_line("http://a.example/");
  const std::string path = folder.add("f", text);
  std::uint64_t last = 0;
  (void)read(
      {path}, {}, Limits{}, [](const Session&) {},
      [&](std::uint64_t done, std::uint64_t all) {
        EXPECT_GE(done, last);
        EXPECT_EQ(all, text.size());
        last = done;
      });
  EXPECT_EQ(last, text.size());
}

TEST(Read, SaysWhatSquidsLogHasNot) {
  const testing::Folder folder;
  const Read all = read_all({folder.add("f", squid_line("http://a.example/"))});
  EXPECT_THAT(all.outcome.fields_missing, Contains(HasSubstr("no cipher lists")));
  EXPECT_FALSE(all.outcome.seen.user_agents);
}

// The public logs beside the repository, where they are. Expected figures are awk's over the files.
TEST(Read, PublicLogsGiveWhatAwkCounts) {
  const std::filesystem::path folder = MOGURA_SOURCE_DIR "/../shared/data/public/logs";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
  const Read squid = read_all({(folder / "squid-access.log").string()});
  EXPECT_EQ(squid.sessions.size(), 4596u);
  EXPECT_EQ(std::count_if(squid.sessions.begin(), squid.sessions.end(),
                          [](const Session& s) { return s.kind == Kind::kConnect; }),
            633);
  EXPECT_EQ(squid.outcome.inputs[0].bad_lines, 0u);
  const Read zeek = read_all({(folder / "zeek").string()});
  EXPECT_EQ(zeek.sessions.size(), 407u);
  std::uint64_t bytes = 0;
  for (const Session& session : zeek.sessions) {
    EXPECT_EQ(session.kind, Kind::kSsl);
    bytes += session.bytes[0] + session.bytes[1];
  }
  EXPECT_EQ(bytes, 1303337u);
  EXPECT_THAT(zeek.outcome.counters, Contains(Pair("zeek_not_tcp", 56)));
}

}  // namespace
}  // namespace mogura::logs
