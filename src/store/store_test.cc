#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "report/analysis_json.h"
#include "report/session_line.h"
#include "store/archive.h"
#include "store/detail/scene_test.h"

namespace mogura::store {
namespace {

using testing::alert;
using testing::at;
using testing::number;
using testing::session;

class StoreTest : public ::testing::Test {
 protected:
  Store open() {
    auto store = Store::open(path_);
    EXPECT_TRUE(store) << store.error().message();
    return *std::move(store);
  }
  static std::vector<std::string> lines(const Store& store, Timestamp from, Timestamp to) {
    std::vector<std::string> lines;
    EXPECT_TRUE(store.read_sessions(from, to, [&](std::string_view line) { lines.emplace_back(line); }));
    return lines;
  }
  static std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  testing::Folder folder_;
  std::string path_ = folder_.file("mogura.db");
};

finding::Finding finding(const std::string& destination, double score, std::int64_t first,
                         std::int64_t last) {
  finding::Finding finding;
  finding.destination = destination;
  finding.kind = "connect";
  finding.finding_id = finding::finding_id_of(finding.kind, destination);
  finding.score = score;
  finding.first = at(first);
  finding.last = at(last);
  return finding;
}

report::Analysis analysis(std::vector<finding::Finding> findings) {
  report::Analysis analysis;
  analysis.version = "1.2.3";
  analysis.findings = std::move(findings);
  population::Group group;
  group.key = "edge.example:443";
  group.sessions = 7;
  analysis.groups[0].rows = {group, group};
  return analysis;
}

TEST_F(StoreTest, MakesAFileThatOnlyItsOwnerCanRead) {
  (void)open();
  struct stat found {};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_EQ(number(path_, "PRAGMA user_version"), 3);
  auto database = detail::Database::open(path_);
  auto mode = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode->step());
  EXPECT_EQ(mode->text(0), "wal");
}

TEST_F(StoreTest, ReadsBackSessionsByTheirEnd) {
  Store store = open();
  for (const std::uint32_t n : {3u, 1u, 2u, 4u}) ASSERT_TRUE(store.add_session(session(n)));
  ASSERT_TRUE(store.commit());
  std::string expected;
  report::write_session_line(session(2), {}, expected);
  report::write_session_line(session(3), {}, expected);
  std::string read;
  for (const std::string& line : lines(store, session(2).end, session(4).end)) read += line + '\n';
  EXPECT_EQ(read, expected);
  EXPECT_TRUE(lines(store, session(5).end, at(INT64_MAX / 1000)).empty());
}

TEST_F(StoreTest, CommitsAtItsEnd) {
  {
    Store store = open();
    ASSERT_TRUE(store.add_session(session(1)));
    ASSERT_TRUE(store.add_alert(alert(1)));
    Store moved = std::move(store);
    moved = open();
    EXPECT_EQ(number(path_, "SELECT count(*) FROM sessions"), 1) << "what was assigned over has ended";
    ASSERT_TRUE(moved.add_session(session(2)));
  }
  EXPECT_EQ(number(path_, "SELECT count(*) FROM sessions"), 2);
  EXPECT_EQ(number(path_, "SELECT count(*) FROM alerts"), 1);
}

TEST_F(StoreTest, KnowsItsAlertsBeforeAndAfterTheCommit) {
  {
    Store store = open();
    EXPECT_FALSE(*store.has_alert(alert(1).alert_id));
    ASSERT_TRUE(store.add_alert(alert(1)));
    EXPECT_TRUE(*store.has_alert(alert(1).alert_id));
    ASSERT_TRUE(store.commit());
    EXPECT_TRUE(*store.has_alert(alert(1).alert_id));
    EXPECT_EQ(store.counters().alerts, 1u);
  }
  EXPECT_TRUE(*open().has_alert(alert(1).alert_id));
  EXPECT_FALSE(*open().has_alert(alert(2).alert_id));
}

TEST_F(StoreTest, KeepsStatusAndAnnouncementAcrossAnalyses) {
  Store store = open();
  const auto edge = finding("edge.example:443", 0.8, 2000, 3000);
  const auto plain = finding("plain.example:80", 0.9, 5000, 6000);
  ASSERT_TRUE(store.put_analysis(analysis({edge, plain})));
  ASSERT_TRUE(store.set_status(edge.finding_id, "confirmed"));
  ASSERT_TRUE(store.set_announced(edge.finding_id, at(7000)));
  ASSERT_TRUE(store.set_announced(edge.finding_id, at(9000)));
  ASSERT_TRUE(store.put_analysis(analysis({finding("edge.example:443", 0.7, 2500, 8000)})));

  const auto found = store.findings(at(0));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2u);
  const StoredFinding& current = (*found)[0];
  EXPECT_EQ(current.finding_id, edge.finding_id);
  EXPECT_EQ(current.destination, "edge.example:443");
  EXPECT_EQ(current.score, 0.7);
  EXPECT_EQ(current.status, "confirmed");
  EXPECT_TRUE(current.is_current);
  EXPECT_EQ(current.announced, at(7000)) << "the first time";
  EXPECT_EQ(current.json, report::write_finding_line(finding("edge.example:443", 0.7, 2500, 8000)));
  EXPECT_FALSE((*found)[1].is_current) << "of an earlier run";
  EXPECT_EQ((*found)[1].status, "new");
  EXPECT_EQ((*found)[1].announced, std::nullopt);
  EXPECT_EQ(number(path_, "SELECT first_seen_us FROM findings WHERE is_current"), 2000);
  EXPECT_EQ(number(path_, "SELECT last_seen_us FROM findings WHERE is_current"), 8000);
  EXPECT_EQ(number(path_, "SELECT count(*) FROM groups"), 2) << "of the last run";

  ASSERT_TRUE(store.set_status(edge.finding_id, ""));
  EXPECT_EQ((*store.findings(at(0)))[0].status, "new");
  EXPECT_EQ(store.set_status("0000000000000000", "x").error().code, ErrorCode::kUsage);
}

std::vector<finding::Finding> stored(const Store& store) {
  std::vector<finding::Finding> found;
  EXPECT_TRUE(store.stored_findings([&](const finding::Finding& finding) { found.push_back(finding); }));
  return found;
}

TEST_F(StoreTest, GivesBackWhatAnAllowListLooksAt) {
  finding::Finding edge = finding("edge.example:443", 0.8, 2000, 3000);
  edge.destinations = {"edge.example:443", "other.example:443"};
  edge.clients = {"10.0.0.1", "10.0.0.2"};
  edge.clients_count = 7;
  edge.user_agents = {"", "odd \"agent\"\x1b\u202e/1"};
  edge.user_agents_count = 2;
  edge.cipher_lists = {"1301-1302"};
  edge.ja4s = {"t13d0203h1_0123456789ab_ba9876543210"};
  edge.status = finding::Status::kSanctioned;
  edge.sanction = "sanctioned by net team";
  Store store = open();
  ASSERT_TRUE(store.put_analysis(analysis({edge})));
  const auto found = stored(store);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].finding_id, edge.finding_id);
  EXPECT_EQ(found[0].destination, edge.destination);
  EXPECT_EQ(found[0].destinations, edge.destinations);
  EXPECT_EQ(found[0].kind, edge.kind);
  EXPECT_EQ(found[0].clients, edge.clients);
  EXPECT_EQ(found[0].clients_count, 7u);
  EXPECT_EQ(found[0].user_agents, edge.user_agents);
  EXPECT_EQ(found[0].user_agents_count, 2u);
  EXPECT_EQ(found[0].cipher_lists, edge.cipher_lists);
  EXPECT_EQ(found[0].ja4s, edge.ja4s);
  EXPECT_EQ(found[0].status, finding::Status::kSanctioned);
  EXPECT_EQ(found[0].sanction, edge.sanction);
}

TEST_F(StoreTest, GivesBackBareWhatItCannotReadForCertain) {
  finding::Finding nul = finding("nul.example:443", 0.8, 1, 2);
  nul.user_agents = {std::string("Agent\0/1", 8)};
  finding::Finding many = finding("many.example:443", 0.8, 1, 2);
  many.destinations.assign(kStoredTexts + 1, "many.example:443");
  finding::Finding full = finding("full.example:443", 0.8, 1, 2);
  full.destinations.assign(kStoredTexts, "full.example:443");
  const finding::Finding damaged = finding("damaged.example:443", 0.8, 1, 2);
  Store store = open();
  ASSERT_TRUE(store.put_analysis(analysis({nul, many, full, damaged})));
  auto database = detail::Database::open(path_);
  ASSERT_TRUE(database->execute("UPDATE findings SET line = '{\"cut' WHERE destination LIKE 'damaged%'"));
  const auto found = stored(store);
  ASSERT_EQ(found.size(), 4u);
  for (const finding::Finding& one : found) {
    const bool is_full = one.finding_id == full.finding_id;
    EXPECT_EQ(one.destination, is_full ? full.destination : "");
    EXPECT_EQ(one.destinations.size(), is_full ? kStoredTexts : 0u);
    EXPECT_TRUE(one.user_agents.empty());
  }
  ASSERT_TRUE(store.set_sanctions({{damaged.finding_id, "known"}}));
  EXPECT_EQ(number(path_, "SELECT count(*) FROM findings WHERE line = '{\"cut' AND status = 'sanctioned'"),
            1);
}

TEST_F(StoreTest, SanctionsAndTakesItBackInColumnAndLine) {
  const finding::Finding edge = finding("edge\x1b\u202e.example:443", 0.8, 2000, 3000);
  const finding::Finding plain = finding("plain.example:80", 0.9, 5000, 6000);
  Store store = open();
  ASSERT_TRUE(store.put_analysis(analysis({edge, plain})));
  ASSERT_TRUE(store.put_analysis(analysis({})));
  ASSERT_TRUE(store.set_status(plain.finding_id, "confirmed"));
  finding::Finding known = edge;
  known.status = finding::Status::kSanctioned;
  known.sanction = "sanctioned by \"net\xff\u202e\" team";
  ASSERT_TRUE(store.set_sanctions(
      {{edge.finding_id, known.sanction}, {plain.finding_id, "x"}, {"0000000000000000", "x"}}));

  auto found = *store.findings(at(0));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].status, "confirmed") << "what a person decided stays";
  EXPECT_EQ(found[1].status, "sanctioned");
  EXPECT_EQ(found[1].score, 0.8) << "as it was when found";
  EXPECT_EQ(found[1].json, report::write_finding_line(known));

  ASSERT_TRUE(store.set_sanctions({{edge.finding_id, ""}}));
  found = *store.findings(at(0));
  EXPECT_EQ(found[1].status, "new");
  EXPECT_EQ(found[1].json, report::write_finding_line(edge));

  auto database = detail::Database::open(path_);
  ASSERT_TRUE(database->execute("UPDATE findings SET status = 'other'"));
  ASSERT_TRUE(store.set_sanctions({{edge.finding_id, "x"}}));
  EXPECT_EQ(number(path_, "SELECT count(*) FROM findings WHERE status = 'other'"), 2);
  EXPECT_TRUE(stored(store).empty());
}

TEST_F(StoreTest, KnowsWhatAPersonDecidedUntilItExpires) {
  Store store = open();
  const auto edge = finding("edge.example:443", 0.8, 2000, 3000);
  ASSERT_TRUE(store.put_analysis(analysis({edge})));
  const auto archive = open_archive(path_);
  const report::AuditEntry audit{at(1), "anna", "", "decide", edge.finding_id, ""};
  struct {
    const char* status;
    std::optional<Timestamp> expires;
    const char* before;
    const char* after;
  } const cases[] = {{"sanctioned", at(5000), "sanctioned", ""},
                     {"sanctioned", std::nullopt, "sanctioned", "sanctioned"},
                     {"confirmed", std::nullopt, "confirmed", "confirmed"},
                     {"", std::nullopt, "", ""}};
  for (const auto& [status, expires, before, after] : cases) {
    ASSERT_TRUE((*archive)->decide(edge.finding_id, {status, "net team", "", expires, "anna", at(1)}, audit));
    EXPECT_EQ(*store.decision(edge.finding_id, at(4999)), before);
    EXPECT_EQ(*store.decision(edge.finding_id, at(5000)), after);
  }
  EXPECT_EQ(*store.decision("0123456789abcdef", at(0)), "") << "unknown";
}

TEST_F(StoreTest, AnnouncesOnceEvenBeforeTheFindingIsStored) {
  const std::string id = finding("edge.example:443", 1, 0, 0).finding_id;
  {
    Store store = open();
    EXPECT_FALSE(*store.is_announced(id));
    ASSERT_TRUE(store.set_announced(id, at(1)));
  }
  EXPECT_TRUE(*open().is_announced(id));
}

TEST_F(StoreTest, ForgetsSessionsOnly) {
  Store store = open();
  for (std::uint32_t n = 0; n < 25'000; ++n) ASSERT_TRUE(store.add_session(session(n)));
  ASSERT_TRUE(store.add_alert(alert(1)));
  ASSERT_TRUE(store.commit());
  ASSERT_TRUE(store.forget_sessions_before(session(24'000).end));
  EXPECT_EQ(number(path_, "SELECT count(*) FROM sessions"), 1000);
  EXPECT_EQ(number(path_, "SELECT min(end_us) FROM sessions"), 1'795'325'026'000'000);
  EXPECT_EQ(number(path_, "SELECT count(*) FROM alerts"), 1);
}

TEST_F(StoreTest, RefusesOtherFilesAndLeavesThemAsTheyAre) {
  { (void)open(); }
  const std::string ours = bytes_of(path_);
  std::string newer = ours;
  newer[63] = 9;  // user_version, big-endian at offset 60
  std::string foreign = ours;
  foreign[68] = 0;  // application_id
  std::string damaged = ours;
  damaged.replace(100, 200, 200, '\xFF');  // the table of tables
  const struct {
    std::string bytes;
    ErrorCode code;
    const char* why;
  } rows[] = {
      {"this is no database, but long enough to be taken for one\n", ErrorCode::kFormat, "text"},
      {std::string(8192, '\0'), ErrorCode::kFormat, "zeros"},
      {ours.substr(0, 60), ErrorCode::kFormat, "cut in the header"},
      {damaged, ErrorCode::kFormat, "damaged"},
      {newer, ErrorCode::kUnsupported, "newer schema"},
      {foreign, ErrorCode::kFormat, "another program's"},
  };
  for (const auto& row : rows) {
    const std::string path = folder_.file(std::string(row.why) + ".db");
    std::ofstream(path, std::ios::binary) << row.bytes;
    const auto refused = Store::open(path);
    ASSERT_FALSE(refused) << row.why;
    EXPECT_EQ(refused.error().code, row.code) << row.why << ": " << refused.error().message();
    EXPECT_EQ(refused.error().place, path);
    EXPECT_EQ(bytes_of(path), row.bytes) << row.why;
  }
  EXPECT_EQ(Store::open(folder_.file("no/such/folder.db")).error().code, ErrorCode::kIo);
}

TEST_F(StoreTest, SharesTheFileBetweenStores) {
  Store first = open();
  Store second = open();
  for (std::uint32_t n = 0; n < 100; ++n) {
    ASSERT_TRUE((n % 2 == 0 ? first : second).add_session(session(n)));
    ASSERT_TRUE((n % 2 == 0 ? first : second).commit());
  }
  EXPECT_EQ(lines(first, at(0), at(INT64_MAX / 1000)).size(), 100u);
}

// --- killed at any moment ---

constexpr std::uint32_t kSessionsPerCommit = 40;

// Never returns. After each commit one byte goes down the pipe.
[[noreturn]] void write_until_killed(const std::string& path, int pipe, std::uint32_t first) {
  auto store = Store::open(path);
  if (!store) _exit(1);
  for (std::uint32_t n = first;; ++n) {
    if (!store->add_session(session(n)) || !store->add_alert(alert(n / 10 % 100))) _exit(2);
    if (n % kSessionsPerCommit != kSessionsPerCommit - 1) continue;
    if (!store->commit() || write(pipe, "c", 1) != 1) _exit(3);
  }
}

// Kills it after `commits` and answers how many commits it has reported in all.
std::uint32_t run_and_kill(const std::string& path, std::uint32_t first, std::uint32_t commits) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(path, ends[1], first);
  }
  close(ends[1]);
  std::uint32_t reported = 0;
  char byte = 0;
  while (reported < commits && read(ends[0], &byte, 1) == 1) ++reported;
  kill(child, SIGKILL);
  while (read(ends[0], &byte, 1) == 1) ++reported;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);
  return reported;
}

TEST_F(StoreTest, SurvivesBeingKilledFiftyTimes) {
  std::int64_t committed = 0;
  for (std::uint32_t round = 0; round < 50; ++round) {
    // Different lives: some die while they open the file, some after many commits.
    const std::uint32_t commits = round * 7919 % 23;
    committed += std::int64_t{run_and_kill(path_, round * 1'000'000, commits)} * kSessionsPerCommit;
    { (void)open(); }  // what the next life does first
    const std::int64_t stored = number(path_, "SELECT count(*) FROM sessions");
    // The last commit may have been made and not reported.
    ASSERT_GE(stored, committed) << "round " << round;
    ASSERT_LE(stored, committed + kSessionsPerCommit) << "round " << round;
    committed = stored;
    ASSERT_TRUE(testing::is_whole(path_)) << "round " << round;
  }
  EXPECT_GT(committed, 5000);
  // Every life had the same alerts.
  EXPECT_LE(number(path_, "SELECT count(*) FROM alerts"), 100);
  EXPECT_EQ(number(path_, "SELECT count(*) - count(DISTINCT alert_id) FROM alerts"), 0);
}

}  // namespace
}  // namespace mogura::store
