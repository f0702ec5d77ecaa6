#include "store/detail/finding_list.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using report::FindingFilter;
using report::FindingOrder;
using store::testing::at;
using store::testing::finding;
using store::testing::Scene;

const report::AuditEntry kAudit{at(1), "anna", "127.0.0.1", "note", "x", ""};

class FindingList : public ::testing::Test {
 protected:
  void SetUp() override {
    auto edge = finding("Edge.example:443", 0.8, "connect"), plain = finding("plain.example:80", 0.4, "ssl"),
         old = finding("old.example:443", 0.9, "connect");
    edge.clients = {"10.0.0.1", "10.0.0.2"};
    edge.clients_count = 2;
    edge.user_agents = {"Odd Agent/1"};
    edge.sessions = 5;
    edge.application.name = "ssh";
    edge.evidence = {{"a", "heaviest", 0.5, {}, {}}, {"b", "other", 0.1, {}, {}}};
    plain.clients = {"10.0.0.2"};
    plain.clients_count = 1;
    plain.sessions = 70;
    plain.first = at(9'000'000);
    edge_ = edge.finding_id;
    plain_ = plain.finding_id;
    old_ = old.finding_id;
    scene_.add({old});
    scene_.add({edge, plain});
  }
  std::string found(const FindingFilter& filter, Timestamp now = at(100)) {
    const auto rows = scene_.archive().findings(filter, {}, now);
    if (!rows) return rows.error().message();
    EXPECT_EQ(rows->total, rows->rows.size());
    std::string names;
    for (const auto& row : rows->rows) names += row.destination.substr(0, row.destination.find('.')) + ' ';
    return names;
  }

  Scene scene_;
  std::string edge_, plain_, old_;
};

TEST_F(FindingList, ShowsWhatALineHas) {
  ASSERT_TRUE(scene_.archive().add_note(edge_, "see ticket 7", kAudit));
  ASSERT_TRUE(scene_.archive().assign(edge_, "bert", kAudit));
  const auto row = scene_.archive().findings({}, {1, ""}, at(0))->rows.at(0);
  EXPECT_EQ(row.finding_id, edge_);
  EXPECT_EQ(row.destination, "Edge.example:443");
  EXPECT_EQ(row.kind, "connect");
  EXPECT_EQ(row.severity, "high");
  EXPECT_EQ(row.score, 0.8);
  EXPECT_EQ(row.status, "new");
  EXPECT_EQ(row.application, "ssh");
  EXPECT_EQ(row.sessions, 5u);
  EXPECT_EQ(row.clients, 2u);
  EXPECT_EQ(row.first, at(2'000'000));
  EXPECT_EQ(row.last, at(3'000'000));
  EXPECT_TRUE(row.is_current);
  EXPECT_EQ(row.assignee, "bert");
  EXPECT_EQ(row.notes, 1u);
  EXPECT_EQ(row.top_evidence, "heaviest");
}

TEST_F(FindingList, LetsThroughWhatFits) {
  ASSERT_TRUE(scene_.archive().add_note(plain_, "See Ticket 100%", kAudit));
  ASSERT_TRUE(scene_.archive().assign(plain_, "bert", kAudit));
  ASSERT_TRUE(scene_.archive().name_application(plain_, "Our Backup", kAudit));
  const auto filter = [](const std::function<void(FindingFilter&)>& set) {
    FindingFilter wanted;
    set(wanted);
    return wanted;
  };
  const struct {
    FindingFilter filter;
    const char *expected, *why;
  } rows[] = {
      {{}, "Edge plain ", "the current ones"},
      {filter([](auto& f) { f.with_earlier = true; }), "old Edge plain ", "all"},
      {filter([](auto& f) { f.text = "eDGE.ex"; }), "Edge ", "in the destination"},
      {filter([](auto& f) { f.text = "odd agent"; }), "Edge ", "in a User-Agent"},
      {filter([](auto& f) { f.text = "10.0.0.2"; }), "Edge plain ", "in the clients"},
      {filter([](auto& f) { f.text = "ticket 100%"; }), "plain ", "in a note"},
      {filter([](auto& f) { f.text = "our BACK"; }), "plain ", "in a name that a person gave"},
      {filter([](auto& f) { f.text = "%"; }), "plain ", "no wildcard"},
      {filter([](auto& f) { f.text = "e_ge"; }), "", "no wildcard"},
      {filter([](auto& f) { f.text = std::string("\0", 1); }), "", "NUL"},
      {filter([](auto& f) { f.severity = "low"; }), "plain ", "severity"},
      {filter([](auto& f) { f.kind = "connect"; }), "Edge ", "kind"},
      {filter([](auto& f) { f.application = "Our Backup"; }), "plain ", "application"},
      {filter([](auto& f) { f.application = "ssh' OR 1=1 --"; }), "", "SQL is text"},
      {filter([](auto& f) { f.client = "10.0.0.1"; }), "Edge ", "client"},
      {filter([](auto& f) { f.client = "10.0.0"; }), "", "a client exactly"},
      {filter([](auto& f) { f.assignee = "bert"; }), "plain ", "assignee"},
      {filter([](auto& f) { f.least_score = 0.5; }), "Edge ", "score"},
      {filter([](auto& f) { f.first_since = at(9'000'000); }), "plain ", "since"},
      {filter([](auto& f) { f.status = "new"; }), "Edge plain ", "status"},
      {filter([](auto& f) { f.status = "confirmed"; }), "", "status"},
  };
  for (const auto& row : rows) EXPECT_EQ(found(row.filter), row.expected) << row.why;
}

TEST_F(FindingList, ASanctionCountsUntilItExpires) {
  const report::Decision decision{"sanctioned", "net team", "known", at(500), "anna", at(1)};
  ASSERT_TRUE(scene_.archive().decide(edge_, decision, kAudit));
  FindingFilter sanctioned;
  sanctioned.status = "sanctioned";
  EXPECT_EQ(found(sanctioned, at(499)), "Edge ");
  EXPECT_EQ(found(sanctioned, at(500)), "");
  scene_.add({finding("Edge.example:443", 0.8, "connect")});
  EXPECT_EQ(found(sanctioned, at(499)), "Edge ") << "the next analysis changes nothing";
  EXPECT_EQ(scene_.store().findings(at(499))->front().status, "sanctioned");
  EXPECT_EQ(scene_.store().findings(at(500))->front().status, "new");
}

TEST_F(FindingList, OrdersByEachColumnBothWays) {
  ASSERT_TRUE(scene_.archive().decide(plain_, {"confirmed", "", "", {}, "anna", at(1)}, kAudit));
  const struct {
    FindingOrder order;
    const char* ascending;
  } rows[] = {
      {FindingOrder::kScore, "plain Edge "},       {FindingOrder::kFirst, "Edge plain "},
      {FindingOrder::kDestination, "Edge plain "}, {FindingOrder::kApplication, "plain Edge "},
      {FindingOrder::kSessions, "Edge plain "},    {FindingOrder::kClients, "plain Edge "},
      {FindingOrder::kStatus, "plain Edge "},
  };
  for (const auto& row : rows) {
    FindingFilter filter;
    filter.order = row.order;
    filter.is_ascending = true;
    EXPECT_EQ(found(filter), row.ascending) << static_cast<int>(row.order);
    filter.is_ascending = false;
    EXPECT_NE(found(filter), row.ascending) << static_cast<int>(row.order);
  }
}

TEST_F(FindingList, PagesStayWhatTheyAreWhileFindingsComeAndGo) {
  std::vector<finding::Finding> many;
  for (int n = 0; n < 60; ++n)
    many.push_back(finding("h" + std::to_string(n) + ".example:443", n % 3 / 10.0));
  scene_.add(many);
  for (std::size_t order = 0; order < 8; ++order) {
    FindingFilter filter;
    filter.order = static_cast<FindingOrder>(order);
    filter.is_ascending = order % 2 == 0;
    std::set<std::string> seen;
    report::Page page{7, ""};
    do {
      const auto rows = scene_.archive().findings(filter, page, at(0));
      ASSERT_TRUE(rows);
      for (const auto& row : rows->rows) EXPECT_TRUE(seen.insert(row.finding_id).second) << row.destination;
      page.after = rows->next;
    } while (!page.after.empty());
    EXPECT_EQ(seen.size(), 60u) << order;
  }
  FindingFilter filter;
  const auto first = scene_.archive().findings(filter, {7, ""}, at(0));
  scene_.execute("DELETE FROM findings WHERE finding_id = '" + first->rows.back().finding_id + "'");
  EXPECT_EQ(scene_.archive().findings(filter, {500, first->next}, at(0))->rows.size(), 53u);
}

TEST_F(FindingList, RefusesHostilePlaces) {
  FindingFilter by_destination;
  by_destination.order = FindingOrder::kDestination;
  const std::string other = scene_.archive().findings(by_destination, {1, ""}, at(0))->next;
  ASSERT_FALSE(other.empty());
  const std::string large = std::string(2 * 129, '6');
  for (const std::string& after :
       {std::string("x"), std::string("f0d"), std::string("f0d1"), std::string("f0d1.."),
        std::string("f0d1.zz.61"), "f0d1." + large + ".61", other, std::string("f0d'.61.61")}) {
    if (after == "f0d1..") continue;  // an empty text and an empty id are a place
    const auto rows = scene_.archive().findings({}, {1, after}, at(0));
    ASSERT_FALSE(rows) << after;
    EXPECT_EQ(rows.error().code, ErrorCode::kUsage);
  }
}

TEST_F(FindingList, GroupsByApplicationAndClient) {
  const auto by_client = scene_.archive().finding_groups({}, report::FindingGroup::kClient, at(0));
  ASSERT_EQ(by_client->size(), 2u);
  EXPECT_EQ((*by_client)[0].key, "10.0.0.2");
  EXPECT_EQ((*by_client)[0].findings, 2u);
  EXPECT_EQ((*by_client)[0].sessions, 75u);
  EXPECT_EQ((*by_client)[0].highest_score, 0.8);
  FindingFilter all;
  all.with_earlier = true;
  const auto by_name = scene_.archive().finding_groups(all, report::FindingGroup::kApplication, at(0));
  ASSERT_EQ(by_name->size(), 2u);
  EXPECT_EQ((*by_name)[0].key, "");
  EXPECT_EQ((*by_name)[0].findings, 2u);
  EXPECT_EQ((*by_name)[1].key, "ssh");
}

}  // namespace
}  // namespace mogura::store::detail
