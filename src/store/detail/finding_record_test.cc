#include "store/detail/finding_record.h"

#include <gtest/gtest.h>

#include <string>

#include "report/analysis_json.h"
#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using store::testing::at;
using store::testing::finding;
using store::testing::number;
using store::testing::Scene;
using store::testing::session;

report::AuditEntry audit(const std::string& action, const std::string& subject) {
  return {at(77), "anna", "127.0.0.1", action, subject, "detail"};
}

// A tunnel of two destinations, three clients, and a session of another kind.
class FindingRecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    finding_ = finding("a.example:443", 0.8, "connect");
    finding_.destinations = {"a.example:443", "b.example:443"};
    finding_.first = session(0).start;
    finding_.last = session(99'999).end;
    for (std::uint32_t n = 0; n < 100; ++n) add(n * 1000, n % 2 == 0 ? "a" : "b", n % 10 == 0 ? 2 : n % 2);
    add(1, "c", 9);
    session::Session other = session(2);
    other.destination = "a.example:443";
    scene_.add(other);
    scene_.add(std::vector{finding_});
  }
  void add(std::uint32_t n, const std::string& host, std::uint32_t client) {
    session::Session one = session(n);
    one.kind = session::Kind::kConnect;
    one.destination = host + ".example:443";
    one.client.address = Address::v4(0x0A000000u + client);
    scene_.add(one);
  }
  const std::string& id() const { return finding_.finding_id; }
  report::Archive& archive() { return scene_.archive(); }

  Scene scene_;
  finding::Finding finding_;
};

TEST_F(FindingRecordTest, KeepsWhatPeopleSaid) {
  const report::Decision decision{"sanctioned", "net team", "a backup", at(9000), "anna", at(50)};
  ASSERT_TRUE(archive().decide(id(), decision, audit("sanction", id())));
  ASSERT_TRUE(archive().name_application(id(), "Our Backup", audit("name", id())));
  ASSERT_TRUE(archive().assign(id(), "bert", audit("assign", id())));
  ASSERT_TRUE(archive().add_note(id(), "first", audit("note", id())));
  ASSERT_TRUE(archive().add_note(id(), std::string("<b>\0\xff\u202e", 8), audit("note", id())));
  scene_.add(std::vector{finding_});
  const auto record = archive().finding(id(), at(8999));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->row.status, "sanctioned");
  EXPECT_EQ(record->row.application, "Our Backup");
  EXPECT_EQ(record->own_name, "Our Backup");
  EXPECT_EQ(record->row.assignee, "bert");
  EXPECT_EQ(record->decision.owner, "net team");
  EXPECT_EQ(record->decision.reason, "a backup");
  EXPECT_EQ(record->decision.expires, at(9000));
  EXPECT_EQ(record->decision.by, "anna");
  EXPECT_EQ(record->decision.time, at(50));
  ASSERT_EQ(record->notes.size(), 2u);
  EXPECT_EQ(record->notes[0].text, "first");
  EXPECT_EQ(record->notes[1].text, std::string("<b>\0\xff\u202e", 8));
  EXPECT_EQ(record->notes[1].by, "anna");
  EXPECT_EQ(record->notes[1].time, at(77));
  ASSERT_EQ(record->history.size(), 5u);
  EXPECT_EQ(record->history[0].action, "note");
  EXPECT_EQ(record->history[4].action, "sanction");
  EXPECT_EQ(record->line, report::write_finding_line(finding_));
  EXPECT_EQ(archive().finding(id(), at(9000))->row.status, "new");
  EXPECT_EQ(archive().finding(id(), at(9000))->decision.status, "sanctioned");
}

TEST_F(FindingRecordTest, TakesADecisionBack) {
  ASSERT_TRUE(archive().decide(id(), {"confirmed", "", "", {}, "anna", at(1)}, audit("confirm", id())));
  EXPECT_EQ(archive().finding(id(), at(0))->row.status, "confirmed");
  ASSERT_TRUE(archive().decide(id(), {}, audit("undo", id())));
  EXPECT_EQ(archive().finding(id(), at(0))->row.status, "new");
  EXPECT_EQ(archive().finding(id(), at(0))->decision.by, "");
}

TEST_F(FindingRecordTest, RefusesTheUnknownAndWritesNothingThen) {
  const std::string unknown = "0000000000000000' OR 1";
  const report::Decision decision{"confirmed", "", "", {}, "", {}};
  const std::string large(kGivenTextBytes + 1, 'x');
  const Result<void> refused[] = {
      archive().decide(unknown, decision, audit("a", unknown)),
      archive().name_application(unknown, "x", audit("a", unknown)),
      archive().assign(unknown, "x", audit("a", unknown)),
      archive().add_note(unknown, "x", audit("a", unknown)),
      archive().decide(id(), {"allowed", "", "", {}, "", {}}, audit("a", id())),
      archive().decide(id(), {"confirmed", large, "", {}, "", {}}, audit("a", id())),
      archive().decide(id(), {"confirmed", "", large, {}, "", {}}, audit("a", id())),
      archive().name_application(id(), large, audit("a", id())),
      archive().assign(id(), large, audit("a", id())),
      archive().add_note(id(), large, audit("a", id())),
  };
  for (const auto& one : refused) {
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, ErrorCode::kUsage);
  }
  EXPECT_EQ(archive().finding(unknown, at(0)).error().code, ErrorCode::kUsage);
  EXPECT_EQ(archive().timeline(unknown, 10).error().code, ErrorCode::kUsage);
  EXPECT_EQ(archive().finding_sessions(unknown, {}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(number(scene_.path(), "SELECT count(*) FROM audit"), 0);
  EXPECT_TRUE(archive().add_note(id(), large.substr(1), audit("a", id()))) << "at the limit";
}

TEST_F(FindingRecordTest, SaysWhenAnotherProcessIsWriting) {
  const auto writing = Transaction::begin(scene_.database());
  const auto busy = archive().assign(id(), "bert", audit("assign", id()));
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().message(), scene_.path() + ": database is locked");
  EXPECT_TRUE(archive().finding(id(), at(0))) << "reading goes on";
}

TEST_F(FindingRecordTest, FindsTheSessionsOfAllItsDestinationsLatestFirst) {
  report::Page page{9, ""};
  std::vector<Timestamp> ends;
  do {
    const auto rows = archive().finding_sessions(id(), page);
    ASSERT_TRUE(rows);
    for (const auto& row : rows->rows) {
      EXPECT_EQ(row.kind, "connect");
      ends.push_back(row.end);
    }
    page.after = rows->next;
  } while (!page.after.empty());
  EXPECT_EQ(ends.size(), 100u);
  EXPECT_TRUE(std::is_sorted(ends.rbegin(), ends.rend()));
}

TEST_F(FindingRecordTest, CountsSessionsByClientAndSliceOfTime) {
  const auto timeline = archive().timeline(id(), 10);
  ASSERT_TRUE(timeline);
  EXPECT_EQ(timeline->from, finding_.first);
  EXPECT_EQ(timeline->to, finding_.last);
  EXPECT_FALSE(timeline->is_cut);
  ASSERT_EQ(timeline->clients.size(), 3u);
  EXPECT_EQ(timeline->clients[0].first, "10.0.0.1");
  EXPECT_EQ(timeline->clients[1].first, "10.0.0.0");
  EXPECT_EQ(timeline->clients[2].first, "10.0.0.2");
  std::uint32_t sessions = 0;
  for (const auto& [client, counts] : timeline->clients) {
    EXPECT_EQ(counts.size(), 10u);
    for (const std::uint32_t count : counts) sessions += count;
  }
  EXPECT_EQ(sessions, 100u);
  EXPECT_GE(timeline->clients[0].second[5], 4u);
  EXPECT_LE(timeline->clients[0].second[5], 6u);
  EXPECT_EQ(archive().timeline(id(), 0)->clients[0].second.size(), 1u);
  EXPECT_EQ(archive().timeline(id(), SIZE_MAX)->clients[0].second.size(), kTimelineSlices);
}

TEST_F(FindingRecordTest, ATimelineIsOfTheLatestSessionsAndOfTheClientsWithMost) {
  for (std::uint32_t n = 0; n < kTimelineSessions; ++n) add(100'000 + n, "a", n % 60);
  finding_.last = session(200'000).end;
  scene_.add(std::vector{finding_});
  const auto timeline = archive().timeline(id(), 2);
  ASSERT_TRUE(timeline);
  EXPECT_TRUE(timeline->is_cut);
  EXPECT_EQ(timeline->clients.size(), kTimelineClients);
  EXPECT_EQ(timeline->clients[0].second[0], 0u) << "the first half was not looked at";
}

}  // namespace
}  // namespace mogura::store::detail
