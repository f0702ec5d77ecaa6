#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "alert/detail/scene_test.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using testing::alert;
using testing::lines_of;

class FileSink : public ::testing::Test {
 protected:
  std::unique_ptr<Sink> make(const std::string& path) {
    auto sink = make_file_sink(FileOptions{path, 1000, 0.001, 0.001});
    EXPECT_TRUE(sink) << sink.error().message();
    return *std::move(sink);
  }

  testing::Folder folder_;
  std::string path_ = folder_.file("alerts.jsonl");
};

TEST_F(FileSink, AppendsOneLineForEachAlert) {
  for (std::size_t run = 0; run < 2; ++run) {
    const auto sink = make(path_);
    EXPECT_EQ(sink->name(), "file");
    for (std::size_t n = 0; n < 50; ++n) sink->send(alert(run * 50 + n));
    sink->stop(30);
    EXPECT_EQ(sink->counters().delivered, 50u);
    EXPECT_EQ(sink->counters().lost, 0u);
  }
  const auto lines = lines_of(path_);
  ASSERT_EQ(lines.size(), 100u);
  for (std::size_t n = 0; n < 100; ++n) EXPECT_EQ(lines[n], report::write_alert_line(alert(n)));
  struct stat found {};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0137, 0u) << "nobody else may read it";
}

TEST_F(FileSink, SaysWhatCannotBeOpened) {
  const auto refused = make_file_sink(folder_.file("no/such/folder"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_EQ(refused.error().message(), folder_.file("no/such/folder") + ": No such file or directory");
}

TEST_F(FileSink, GoesOnInANewFileAfterRotation) {
  const auto sink = make(path_);
  std::filesystem::rename(path_, path_ + ".1");
  sink->reopen();
  sink->send(alert(1));
  sink->stop(30);
  EXPECT_THAT(lines_of(path_), ::testing::ElementsAre(report::write_alert_line(alert(1))));
  EXPECT_TRUE(lines_of(path_ + ".1").empty());
}

TEST_F(FileSink, KeepsTheOldFileWhereTheNewOneCannotBeOpened) {
  std::filesystem::create_directory(folder_.file("sub"));
  const std::string path = folder_.file("sub/alerts.jsonl");
  const auto sink = make(path);
  std::filesystem::rename(folder_.file("sub"), folder_.file("moved"));
  sink->reopen();
  sink->send(alert(1));
  sink->stop(30);
  EXPECT_EQ(sink->counters().delivered, 1u);
  EXPECT_EQ(lines_of(folder_.file("moved/alerts.jsonl")).size(), 1u);
}

TEST_F(FileSink, DoesNotMixTheLinesOfSeveralWriters) {
  std::vector<std::unique_ptr<Sink>> sinks;
  for (int i = 0; i < 4; ++i) sinks.push_back(make(path_));
  for (std::size_t n = 0; n < 100; ++n) {
    report::Alert long_one = alert(n);
    long_one.user_agent = std::string(20'000, 'x');
    sinks[n % sinks.size()]->send(long_one);
  }
  for (const auto& sink : sinks) sink->stop(30);
  const auto lines = lines_of(path_);
  EXPECT_EQ(lines.size(), 100u);
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST_F(FileSink, CountsWhatAFullDiskDoesNotTake) {
  const auto sink = make("/dev/full");
  sink->send(alert(1));
  sink->stop(0.05);
  EXPECT_EQ(sink->counters().lost, 1u);
  EXPECT_EQ(sink->counters().delivered, 0u);
  EXPECT_GT(sink->counters().retries, 0u);
  EXPECT_EQ(sink->last_error(), "/dev/full: No space left on device");
}

// In a process of its own, since the limit is one of the process: it ends in the middle of the second line.
int write_to_a_small_disk(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const std::size_t line = report::write_alert_line(alert(1)).size() + 1;
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = line + line / 2;
  setrlimit(RLIMIT_FSIZE, &limit);
  auto sink = make_file_sink(FileOptions{path, 1000, 0.001, 0.001});
  if (!sink) return 1;
  (*sink)->send(alert(1));
  (*sink)->send(alert(2));
  while ((*sink)->counters().retries < 2) std::this_thread::yield();
  limit.rlim_cur = before;
  setrlimit(RLIMIT_FSIZE, &limit);
  (*sink)->stop(30);
  return (*sink)->counters().delivered == 2 && (*sink)->counters().lost == 0 ? 0 : 2;
}

TEST_F(FileSink, WritesALineAgainThatWasCutShort) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(write_to_a_small_disk(path_));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  const auto lines = lines_of(path_);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], report::write_alert_line(alert(1)));
  EXPECT_TRUE(report::write_alert_line(alert(2)).starts_with(lines[1])) << "what there was of it";
  EXPECT_EQ(lines[2], report::write_alert_line(alert(2)));
}

TEST_F(FileSink, WritesToAPipeInOrder) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const detail::Descriptor reader(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  fcntl(reader.get(), F_SETFL, 0);
  const auto sink = make(path_);
  std::string expected;
  for (std::size_t n = 0; n < 300; ++n) {
    report::Alert long_one = alert(n);
    long_one.user_agent = std::string(2000, 'x');
    expected += report::write_alert_line(long_one) + '\n';
    sink->send(long_one);
  }
  // More than a pipe holds: the sink waits for its reader, send() did not.
  std::string read;
  std::array<char, 5000> piece;
  while (read.size() < expected.size()) {
    const ssize_t count = ::read(reader.get(), piece.data(), piece.size());
    ASSERT_GT(count, 0);
    read.append(piece.data(), static_cast<std::size_t>(count));
  }
  sink->stop(30);
  EXPECT_EQ(read, expected);
  EXPECT_EQ(sink->counters().delivered, 300u);
}

TEST_F(FileSink, EndsInTimeWhereThePipesReaderSleeps) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const detail::Descriptor reader(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const auto sink = make(path_);
  for (std::size_t n = 0; n < 1000; ++n) sink->send(alert(n));
  sink->stop(0.05);
  const SinkCounters counters = sink->counters();
  EXPECT_GT(counters.delivered, 0u);
  EXPECT_GT(counters.lost, 0u);
  EXPECT_EQ(counters.accepted, counters.delivered + counters.lost);
}

// In a process of its own, which has another standard output.
int write_to_a_closed_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) return 1;
  close(ends[0]);
  auto sink = make_file_sink("-");
  if (!sink) return 2;
  (*sink)->send(alert(1));
  (*sink)->send(alert(2));
  (*sink)->stop(30);
  if ((*sink)->counters().lost != 2) return 3;
  return (*sink)->last_error() == "standard output: Broken pipe" ? 0 : 4;
}

TEST_F(FileSink, SurvivesAndCountsWhenNobodyReadsStandardOutput) {
  std::fflush(stdout);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(write_to_a_closed_pipe());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "killed by " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace mogura::alert
