#include "packet/detail/tcp_waiting.h"

#include <gtest/gtest.h>

#include <string>

namespace mogura::packet::detail {

namespace {

TcpRun captured(std::uint64_t offset, std::string_view text) {
  TcpRun run;
  run.offset = offset;
  run.length = static_cast<std::uint32_t>(text.size());
  run.bytes = as_bytes(text);
  return run;
}

TcpRun cut(std::uint64_t offset, std::uint32_t length) {
  TcpRun run;
  run.offset = offset;
  run.length = length;
  return run;
}

class TcpWaiting : public ::testing::Test {
 protected:
  ~TcpWaiting() override { runs_.truncate(0, pool_); }

  bool add(const TcpRun& run) { return runs_.insert(runs_.find(run.offset), run, pool_); }
  // "10:abc 20:~~" for the runs that wait.
  std::string text() const {
    std::string all;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const TcpRun run = runs_[i];
      all += (i == 0 ? "" : " ") + std::to_string(run.offset) + ":";
      all += run.is_cut() ? std::string(run.length, '~') : std::string(as_text(run.bytes));
    }
    return all;
  }
  std::size_t charged(std::size_t bytes) const { return runs_.size() * WaitingRuns::kRunCost + bytes; }

  Limits limits_;
  SegmentPool pool_{limits_};
  WaitingRuns runs_;
};

}  // namespace

TEST_F(TcpWaiting, KeepsRunsInOrderOfOffset) {
  add(captured(20, "c"));
  add(captured(10, "ab"));
  add(cut(12, 3));
  add(captured(30, "d"));
  EXPECT_EQ(text(), "10:ab 12:~~~ 20:c 30:d");
  EXPECT_EQ(runs_.bytes(), 4u);
  EXPECT_EQ(pool_.bytes_in_use(), charged(4));
}

TEST_F(TcpWaiting, FindsTheFirstRunThatEndsAfterAnOffset) {
  EXPECT_EQ(runs_.find(0), 0u);
  add(captured(10, "abc"));
  add(captured(20, "def"));
  EXPECT_EQ(runs_.find(0), 0u);
  EXPECT_EQ(runs_.find(12), 0u);
  EXPECT_EQ(runs_.find(13), 1u);
  EXPECT_EQ(runs_.find(22), 1u);
  EXPECT_EQ(runs_.find(23), 2u);
}

TEST_F(TcpWaiting, GivesItsRunsOutAndTheChargeBack) {
  for (std::uint64_t i = 0; i < 100; ++i) add(captured(i * 2, "x"));
  for (std::uint64_t i = 0; i < 100; ++i) {
    runs_.consume_front(pool_, [&](const TcpRun& run) { EXPECT_EQ(run.offset, i * 2); });
    EXPECT_EQ(runs_.size(), 99 - i);
    EXPECT_EQ(pool_.bytes_in_use(), charged(99 - i));
  }
}

TEST_F(TcpWaiting, RefusesWhatThePoolCannotHold) {
  const std::size_t all = limits_.out_of_order_bytes_total;
  ASSERT_TRUE(pool_.reserve(all - WaitingRuns::kRunCost - 2));
  EXPECT_FALSE(add(captured(10, "abc")));
  EXPECT_TRUE(runs_.empty());
  EXPECT_TRUE(add(captured(10, "ab")));
  EXPECT_EQ(pool_.bytes_in_use(), all);
  pool_.release(all - WaitingRuns::kRunCost - 2);
}

TEST_F(TcpWaiting, CarvesACutRun) {
  struct Case {
    std::uint64_t offset;
    std::uint32_t count;
    const char* left;
  };
  for (const Case& c :
       {Case{10, 6, ""}, Case{10, 2, "12:~~~~"}, Case{14, 2, "10:~~~~"}, Case{12, 2, "10:~~ 14:~~"}}) {
    add(cut(10, 6));
    EXPECT_TRUE(runs_.carve(0, c.offset, c.count, pool_));
    EXPECT_EQ(text(), c.left);
    EXPECT_EQ(pool_.bytes_in_use(), charged(0));
    runs_.truncate(0, pool_);
  }
}

TEST_F(TcpWaiting, LeavesACutRunWholeWhereThePoolHasNoRoomForASecond) {
  add(cut(10, 6));
  const std::size_t rest = limits_.out_of_order_bytes_total - pool_.bytes_in_use();
  ASSERT_TRUE(pool_.reserve(rest));
  EXPECT_FALSE(runs_.carve(0, 12, 2, pool_));
  EXPECT_EQ(text(), "10:~~~~~~");
  pool_.release(rest);
}

TEST_F(TcpWaiting, TruncatesAtAnOffset) {
  struct Case {
    std::uint64_t offset;
    std::size_t changed;
    const char* left;
  };
  for (const Case& c : {Case{40, 0, "10:abc 20:def 30:~~~"}, Case{33, 0, "10:abc 20:def 30:~~~"},
                        Case{32, 1, "10:abc 20:def 30:~~"}, Case{30, 1, "10:abc 20:def"},
                        Case{21, 2, "10:abc 20:d"}, Case{15, 2, "10:abc"}, Case{0, 3, ""}}) {
    add(captured(10, "abc"));
    add(captured(20, "def"));
    add(cut(30, 3));
    EXPECT_EQ(runs_.truncate(c.offset, pool_), c.changed);
    EXPECT_EQ(text(), c.left);
    EXPECT_EQ(pool_.bytes_in_use(), charged(runs_.bytes()));
    runs_.truncate(0, pool_);
  }
}

TEST_F(TcpWaiting, ShiftsAndDropsWhatFallsBelowZero) {
  add(captured(10, "abc"));
  add(captured(20, "def"));
  EXPECT_EQ(runs_.shift(5, pool_), 0u);
  EXPECT_EQ(text(), "15:abc 25:def");
  EXPECT_EQ(runs_.shift(-15, pool_), 0u);
  EXPECT_EQ(text(), "0:abc 10:def");
  EXPECT_EQ(runs_.shift(-1, pool_), 1u);
  EXPECT_EQ(text(), "9:def");
  EXPECT_EQ(pool_.bytes_in_use(), charged(3));
}

}  // namespace mogura::packet::detail
