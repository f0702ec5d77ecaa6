#include "store/detail/alert_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

using report::AlertFilter;
using store::testing::number;
using store::testing::Scene;

class AlertRows : public ::testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t n = 1; n <= 40; ++n) {
      report::Alert alert = store::testing::alert(n);
      alert.kind = n % 4 == 0 ? report::AlertKind::kFinding : report::AlertKind::kPattern;
      alert.pattern_id = n % 4 == 0 ? "" : "p" + std::to_string(n % 3);
      alert.finding_id = n % 4 == 0 ? "f" + std::to_string(n % 8) : "";
      alert.severity = n % 5 == 0 ? "high" : "low";
      alert.destination = n % 2 == 0 ? "Edge.example:443" : "100%.example:443";
      ASSERT_TRUE(scene_.store().add_alert(alert));
    }
    scene_.commit();
  }
  std::vector<std::int64_t> found(const AlertFilter& filter, std::size_t limit) {
    std::vector<std::int64_t> ids;
    report::Page page{limit, ""};
    do {
      const auto rows = scene_.archive().alerts(filter, page);
      EXPECT_TRUE(rows);
      for (const auto& row : rows->rows) ids.push_back(row.id);
      page.after = rows->next;
      EXPECT_TRUE(scene_.store().add_alert(store::testing::alert(next_++)));
      scene_.commit();
    } while (!page.after.empty());
    return ids;
  }

  Scene scene_;
  std::uint32_t next_ = 1000;
};

TEST_F(AlertRows, AreFilteredAndNewestFirstWhileMoreCome) {
  const auto ids = [](std::int64_t step, std::int64_t from = 40) {
    std::vector<std::int64_t> down;
    for (std::int64_t id = from; id > 0; id -= step) down.push_back(id);
    return down;
  };
  const struct {
    AlertFilter filter;
    std::vector<std::int64_t> expected;
    const char* why;
  } rows[] = {
      {{"EDGE.", "finding", "", "", ""}, ids(4), "text and kind"},
      {{"%", "", "high", "", ""}, ids(10, 35), "no wildcard, and severity"},
      {{"", "", "high", "", "f4"}, {20}, "finding and severity"},
      {{"", "", "", "", "f0"}, ids(8), "finding"},
      {{"", "", "", "p2", ""}, {38, 35, 29, 26, 23, 17, 14, 11, 5, 2}, "pattern"},
      {{"", "", "", "", "' OR 1=1 --"}, {}, "SQL is text"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(found(row.filter, 3), row.expected) << row.why;
    EXPECT_EQ(found(row.filter, 500), row.expected) << row.why;
  }
}

TEST_F(AlertRows, ComeInOrderForWhoFollows) {
  EXPECT_EQ(scene_.archive().last_alert(), 40);
  EXPECT_TRUE(scene_.archive().alerts_after(40)->empty());
  const auto rows = scene_.archive().alerts_after(37);
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].id, 38);
  EXPECT_EQ((*rows)[0].line.substr(0, 10), R"({"schema":)");
  EXPECT_EQ(scene_.archive().alerts_after(INT64_MIN)->size(), 40u);
  for (std::uint32_t n = 0; n < 600; ++n)
    ASSERT_TRUE(scene_.store().add_alert(store::testing::alert(5000 + n)));
  scene_.commit();
  EXPECT_EQ(scene_.archive().alerts_after(0)->size(), report::Page::kMost);
}

TEST_F(AlertRows, NeverGetAnIdTwice) {
  scene_.execute("DELETE FROM alerts");
  EXPECT_EQ(scene_.archive().last_alert(), 0);
  ASSERT_TRUE(scene_.store().add_alert(store::testing::alert(7000)));
  scene_.commit();
  EXPECT_EQ(scene_.archive().alerts_after(40)->size(), 1u);
}

TEST_F(AlertRows, RefuseHostilePlaces) {
  for (const char* after : {"x", "a", "a1", "s1.2", "a1.2.3"})
    EXPECT_EQ(scene_.archive().alerts({}, {1, after}).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace mogura::store::detail
