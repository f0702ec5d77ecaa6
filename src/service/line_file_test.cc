#include "service/line_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace mogura::service {
namespace {

class LineFileTest : public ::testing::Test {
 protected:
  LineFileTest() {
    std::string name = ::testing::TempDir() + "line_file_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/lines";
  }
  ~LineFileTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<LineFile> open() {
    auto file = LineFile::open(path_);
    EXPECT_TRUE(file) << file.error().message();
    return *std::move(file);
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  template <class Condition>
  static void wait_until(Condition condition) {
    while (!condition()) std::this_thread::yield();
  }

  std::string folder_, path_;
};

TEST_F(LineFileTest, WritesWhatIsThereWhenItStops) {
  auto file = open();
  file->write("a\n");
  file->write("b\n");
  file->stop();
  file->stop();
  EXPECT_EQ(content(path_), "a\nb\n");
  EXPECT_EQ(file->counters().lines, 2u);
  EXPECT_EQ(file->counters().lost, 0u);
}

TEST_F(LineFileTest, WritesWhatIsThereWhenItIsDestroyed) {
  open()->write("a\n");
  EXPECT_EQ(content(path_), "a\n");
}

TEST_F(LineFileTest, WritesSoonWithoutBeingAsked) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const int reader = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  const auto file = open();
  for (int i = 0; i < 2; ++i) {
    file->write("a\n");
    char text[8];
    EXPECT_EQ(::read(reader, text, sizeof text), 2) << "waits until it comes";
  }
  ::close(reader);
}

TEST_F(LineFileTest, CountsWhatComesAfterTheEndAsLost) {
  const auto file = open();
  file->stop();
  file->write("a\n");
  EXPECT_EQ(file->counters().lines, 1u);
  EXPECT_EQ(file->counters().lost, 1u);
}

TEST_F(LineFileTest, SaysWhatCannotBeOpened) {
  const auto file = LineFile::open(folder_ + "/no/such/folder");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kIo);
}

TEST_F(LineFileTest, KeepsTheLinesOfManyThreadsWhole) {
  constexpr std::size_t kThreads = 4, kLines = 5000;
  {
    const auto file = open();
    std::vector<std::thread> threads;
    for (std::size_t n = 0; n < kThreads; ++n) {
      threads.emplace_back([&file, n] {
        const std::string line = std::string(100, static_cast<char>('a' + n)) + '\n';
        for (std::size_t i = 0; i < kLines; ++i) file->write(line);
      });
    }
    for (auto& thread : threads) thread.join();
  }
  std::ifstream file(path_);
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) EXPECT_EQ(line, std::string(100, line.at(0)));
  EXPECT_EQ(lines, kThreads * kLines);
}

TEST_F(LineFileTest, GoesOnInANewFileAfterRotation) {
  const auto file = open();
  file->write("a\n");
  std::filesystem::rename(path_, path_ + ".1");
  file->reopen();
  wait_until([&] { return std::filesystem::exists(path_); });
  file->write("b\n");
  file->stop();
  EXPECT_EQ(content(path_ + ".1"), "a\n");
  EXPECT_EQ(content(path_), "b\n");
}

TEST_F(LineFileTest, KeepsWhatAFullDiskDoesNotTakeUntilItDoes) {
  std::filesystem::create_symlink("/dev/full", path_);
  const auto file = open();
  file->write("a\n");
  wait_until([&] { return file->counters().failed_writes > 0; });
  EXPECT_EQ(file->counters().lost, 0u);
  std::filesystem::remove(path_);
  file->reopen();
  file->write("b\n");
  wait_until([&] { return content(path_).size() == 4; });
  EXPECT_EQ(content(path_), "a\nb\n");
}

TEST_F(LineFileTest, CountsWhatCouldNotBeWrittenAtTheEnd) {
  std::filesystem::create_symlink("/dev/full", path_);
  const auto file = open();
  file->write("a\n");
  file->write("b\n");
  file->stop();
  EXPECT_EQ(file->counters().lost, 2u);
  EXPECT_GE(file->counters().failed_writes, 1u);
}

TEST_F(LineFileTest, CountsWhatNobodyReads) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const auto file = open();
  file->write("a\n");
  file->stop();
  EXPECT_EQ(file->counters().lost, 1u);
}

TEST_F(LineFileTest, KeepsLinesForAReaderThatComesLater) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const auto file = open();
  file->write("a\n");
  const int reader = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);  // waits for the writer
  char text[8];
  EXPECT_EQ(::read(reader, text, sizeof text), 2);
  ::close(reader);
}

TEST_F(LineFileTest, HoldsAsMuchAsItsLimitAndNoMore) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  const auto file = open();  // which nobody reads
  constexpr std::size_t kLine = std::size_t{1} << 20;
  const std::string line = std::string(kLine - 1, 'x') + '\n';
  for (std::size_t n = 0; n < LineFile::kBufferBytes / kLine - 1; ++n) file->write(line);
  file->write(std::string(kLine - 2, 'x') + '\n');
  EXPECT_EQ(file->counters().lost, 0u);
  file->write("\n");
  EXPECT_EQ(file->counters().lost, 0u);
  file->write("\n");
  EXPECT_EQ(file->counters().lost, 1u);
}

}  // namespace
}  // namespace mogura::service
