#include "console/detail/api_live.h"

#include <gtest/gtest.h>

#include <limits>

#include "console/testing/fake_archive.h"

namespace mogura::console::detail {
namespace {

class Live : public ::testing::Test {
 protected:
  testing::FakeArchive archive_;
  JsonReader json_;

  std::string events(std::int64_t& cursor) { return live_events(archive_, json_, cursor); }
  void add(std::int64_t id, std::string line) {
    archive_.alert_rows.insert(archive_.alert_rows.begin(), {id, std::move(line)});
  }
};

TEST(Told, FitsIntoANumber) {
  for (const Told told : {Told{0, 0}, Told{7, 0}, Told{(std::uint64_t{1} << 40) - 1, (1u << 23) - 1}}) {
    EXPECT_GE(told.cursor(), 0);
    EXPECT_EQ(Told::of(told.cursor()).alert, told.alert);
    EXPECT_EQ(Told::of(told.cursor()).totals, told.totals);
  }
  EXPECT_EQ((Told{7, 0}).cursor(), 7) << "as in Last-Event-ID";
}

TEST_F(Live, BeginsWithWhatComesNext) {
  add(1, "{}");
  std::int64_t cursor = -1;
  EXPECT_EQ(events(cursor), "");
  EXPECT_GE(cursor, 0);
  EXPECT_EQ(events(cursor), "");
  add(2, R"({"kind":"pattern"})");
  EXPECT_EQ(events(cursor), "id: 2\nevent: alert\ndata: {\"id\":2,\"kind\":\"pattern\"}\n\n");
  EXPECT_EQ(events(cursor), "");
}

TEST_F(Live, GoesOnFromWhatWasSeen) {
  for (int i = 1; i <= 3; ++i) add(i, "{}");
  std::int64_t cursor = 1;
  const std::string text = events(cursor);
  EXPECT_EQ(text.find("id: 1\n"), std::string::npos);
  EXPECT_LT(text.find("id: 2\n"), text.find("id: 3\n"));
  EXPECT_NE(text.find("event: totals\n"), std::string::npos) << "whoever comes back does not know them";
}

TEST_F(Live, TellsTotalsToEachListenerWhenTheyChanged) {
  std::int64_t one = -1, other = -1;
  events(one);
  events(other);
  archive_.totals_now.sessions = 7;
  const std::string event =
      "event: totals\ndata: {\"sessions\":7,\"findings_new\":0,\"findings_sanctioned\":0,"
      "\"findings_confirmed\":0,\"alerts\":0}\n\n";
  EXPECT_EQ(events(one), event);
  EXPECT_EQ(events(other), event);
  EXPECT_EQ(events(one), "");
}

TEST_F(Live, KeepsHostileLinesOnOneLine) {
  std::int64_t cursor = 0;
  events(cursor);
  add(1, "{\"a\":\"\\n\\r\\ndata: forged\",\n\"b\"\n:\"\u2028\"}");
  add(2, "broken\n\nevent: forged");
  EXPECT_EQ(events(cursor),
            "id: 1\nevent: alert\ndata: {\"id\":1,\"a\":\"\\n\\r\\ndata: forged\",\"b\":\"\\u2028\"}\n\n"
            "id: 2\nevent: alert\ndata: {\"id\":2,\"line_error\":true}\n\n");
}

TEST_F(Live, SendsManyInSeveralTurns) {
  for (int i = 1; i <= 501; ++i) add(i, "{}");
  std::int64_t cursor = 0;
  const std::string first = events(cursor);
  EXPECT_NE(first.find("id: 500\n"), std::string::npos);
  EXPECT_EQ(first.find("id: 501\n"), std::string::npos);
  EXPECT_NE(events(cursor).find("id: 501\n"), std::string::npos);
}

TEST_F(Live, TriesAgainAfterAnError) {
  add(1, "{}");
  archive_.error = Error{ErrorCode::kIo, "mogura.db", "database is locked"};
  std::int64_t fresh = -1, cursor = 0;
  EXPECT_EQ(events(fresh), "");
  EXPECT_EQ(fresh, -1);
  EXPECT_EQ(events(cursor), "");
  archive_.error.reset();
  EXPECT_EQ(events(fresh), "");
  EXPECT_NE(events(cursor).find("id: 1\n"), std::string::npos);
}

TEST_F(Live, TakesAnyNumberForACursor) {
  add(1, "{}");
  for (std::int64_t cursor : {std::numeric_limits<std::int64_t>::max(),
                              std::numeric_limits<std::int64_t>::min(), std::int64_t{1} << 40}) {
    (void)events(cursor);
    EXPECT_GE(cursor, 0);
  }
}

}  // namespace
}  // namespace mogura::console::detail
