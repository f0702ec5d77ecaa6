#include "store/detail/writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include "store/detail/scene_test.h"
#include "store/detail/schema.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

using store::testing::alert;
using store::testing::number;
using store::testing::session;

class WriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = folder_.file("test.db");
    std::ofstream{path_};
    auto opened = Database::open(path_);
    ASSERT_TRUE(opened);
    database_.emplace(*std::move(opened));
    ASSERT_TRUE(database_->execute("PRAGMA journal_mode = WAL"));
    ASSERT_TRUE(migrate(*database_, migrations()));
    auto writer = Writer::make(*database_);
    ASSERT_TRUE(writer);
    writer_.emplace(*std::move(writer));
  }

  // As a full disk: no page beyond those that there are.
  void fill_disk() { ASSERT_TRUE(database_->execute("PRAGMA max_page_count = 1")); }
  void make_room() { ASSERT_TRUE(database_->execute("PRAGMA max_page_count = 1000000")); }
  std::int64_t rows(const std::string& table) { return number(*database_, "SELECT count(*) FROM " + table); }

  store::testing::Folder folder_;
  std::string path_;
  std::optional<Database> database_;
  std::optional<Writer> writer_;
};

TEST_F(WriterTest, WritesColumnsAndLine) {
  session::Session without_agent = session(2);
  without_agent.user_agent_seen = false;
  without_agent.user_agent.clear();
  without_agent.client_forwarded = "198.51.100.9";
  ASSERT_TRUE(writer_->add(session(1)));
  ASSERT_TRUE(writer_->add(without_agent));
  ASSERT_TRUE(writer_->flush());
  auto row = database_->prepare("SELECT * FROM sessions ORDER BY id");
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->text(1), session::session_id(session(1)));
  EXPECT_EQ(row->integer(2), 1'795'325'000'001'000);
  EXPECT_EQ(row->integer(3), 1'795'325'002'001'000);
  EXPECT_EQ(row->text(4), "10.0.0.1");
  EXPECT_EQ(row->text(5), "site1.example:443");
  EXPECT_EQ(row->text(6), "ssl");
  EXPECT_EQ(row->text(7), session(1).user_agent);
  EXPECT_EQ(row->text(8), "site1.example");
  EXPECT_EQ(row->text(9), session(1).ja4);
  EXPECT_EQ(row->text(10), "tls");
  EXPECT_EQ(row->integer(11), 12);
  EXPECT_EQ(row->integer(12), 34);
  EXPECT_EQ(row->integer(13), 9000);
  EXPECT_EQ(row->integer(14), 123'456);
  EXPECT_EQ(row->text(15).substr(0, 14), R"({"session_id":)");
  EXPECT_EQ(row->text(15).back(), '}') << "without line feed";
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->text(4), "198.51.100.9");
  EXPECT_TRUE(row->is_null(7));
}

TEST_F(WriterTest, IgnoresWhatIsThereAlready) {
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(writer_->add(session(1)));
    ASSERT_TRUE(writer_->add(session(1)));
    ASSERT_TRUE(writer_->add(alert(1)));
    ASSERT_TRUE(writer_->add(alert(1)));
    ASSERT_TRUE(writer_->flush());
  }
  EXPECT_EQ(rows("sessions"), 1);
  EXPECT_EQ(rows("alerts"), 1);
  EXPECT_EQ(writer_->counters().sessions, 1u);
  EXPECT_EQ(writer_->counters().alerts, 1u);
  EXPECT_EQ(writer_->counters().lost_rows, 0u);
}

TEST_F(WriterTest, EndsABatchByItselfAtItsLimit) {
  for (std::uint32_t n = 0; n < kBatchRows - 1; ++n) ASSERT_TRUE(writer_->add(session(n)));
  EXPECT_EQ(writer_->counters().commits, 0u);
  ASSERT_TRUE(writer_->add(session(kBatchRows)));
  EXPECT_EQ(writer_->counters().commits, 1u);
  EXPECT_EQ(rows("sessions"), static_cast<std::int64_t>(kBatchRows));
  ASSERT_TRUE(writer_->flush()) << "nothing waits";
  EXPECT_EQ(writer_->counters().commits, 1u);
}

TEST_F(WriterTest, EndsABatchByItselfAtItsBytes) {
  session::Session large = session(0);
  large.user_agent = std::string(kBatchBytes / 4, 'x');
  for (std::uint32_t n = 0; n < 4; ++n) {
    EXPECT_EQ(writer_->counters().commits, 0u);
    large.start += std::chrono::seconds(1);
    ASSERT_TRUE(writer_->add(large));
  }
  EXPECT_EQ(writer_->counters().commits, 1u);
}

TEST_F(WriterTest, KeepsRowsWhileTheDiskIsFull) {
  fill_disk();
  for (std::uint32_t n = 0; n < 100; ++n) ASSERT_TRUE(writer_->add(session(n)));
  ASSERT_TRUE(writer_->add(alert(1)));
  const auto failed = writer_->flush();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), path_ + ": database or disk is full");
  EXPECT_EQ(writer_->counters().failed_writes, 1u);
  EXPECT_EQ(rows("sessions"), 0) << "nothing by halves";
  EXPECT_TRUE(writer_->is_waiting(alert(1).alert_id));
  EXPECT_FALSE(writer_->flush()) << "still full";
  make_room();
  ASSERT_TRUE(writer_->flush());
  EXPECT_EQ(rows("sessions"), 100);
  EXPECT_EQ(rows("alerts"), 1);
  EXPECT_EQ(writer_->counters().sessions, 100u);
  EXPECT_EQ(writer_->counters().failed_writes, 2u);
  EXPECT_EQ(writer_->counters().lost_rows, 0u);
}

TEST_F(WriterTest, LosesAndCountsTheOldestBeyondItsLimit) {
  fill_disk();
  for (std::uint32_t n = 0; n < kWaitingRows; ++n) (void)writer_->add(session(n));
  EXPECT_EQ(writer_->counters().failed_writes, 1u) << "one try, not one for every row";
  EXPECT_EQ(writer_->counters().lost_rows, 0u);
  (void)writer_->add(session(kWaitingRows));
  EXPECT_EQ(writer_->counters().lost_rows, 1u);
  for (std::uint32_t n = 0; n < kWaitingRows + 2; ++n) (void)writer_->add(alert(n));
  EXPECT_EQ(writer_->counters().lost_rows, 3u);
  EXPECT_FALSE(writer_->is_waiting(alert(1).alert_id));
  EXPECT_TRUE(writer_->is_waiting(alert(2).alert_id));
  make_room();
  ASSERT_TRUE(writer_->flush());
  EXPECT_EQ(rows("sessions"), static_cast<std::int64_t>(kWaitingRows));
  EXPECT_EQ(number(*database_, "SELECT min(start_us) FROM sessions"), to_microseconds(session(1).start));
  EXPECT_EQ(rows("alerts"), static_cast<std::int64_t>(kWaitingRows));
}

TEST_F(WriterTest, WaitsForAnotherWriter) {
  auto other = Database::open(path_);
  ASSERT_TRUE(other);
  {
    const auto writing = Transaction::begin(*other);
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writer_->add(session(1)));
    const auto busy = writer_->flush();
    ASSERT_FALSE(busy);
    EXPECT_EQ(busy.error().message(), path_ + ": database is locked");
  }
  ASSERT_TRUE(writer_->flush());
  EXPECT_EQ(rows("sessions"), 1);
}

// In a process of its own, since the limit is one of the process: the file may not grow beyond 200 KB.
int write_with_a_small_disk(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  auto database = Database::open(path);
  if (!database) return 1;
  auto writer = Writer::make(*database);
  if (!writer) return 2;
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = 200'000;
  setrlimit(RLIMIT_FSIZE, &limit);
  bool has_failed = false;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    (void)writer->add(session(n));
    if (n % 10 == 0) has_failed |= !writer->flush();
  }
  if (!has_failed || writer->counters().failed_writes == 0) return 3;
  limit.rlim_cur = before;
  setrlimit(RLIMIT_FSIZE, &limit);
  if (!writer->flush()) return 4;
  return writer->counters().sessions == 1000 && writer->counters().lost_rows == 0 ? 0 : 5;
}

TEST_F(WriterTest, GoesOnAfterTheSystemRefusedToWrite) {
  writer_.reset();
  database_.reset();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(write_with_a_small_disk(path_));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(store::testing::is_whole(path_));
  EXPECT_EQ(number(path_, "SELECT count(*) FROM sessions"), 1000);
}

}  // namespace
}  // namespace mogura::store::detail
