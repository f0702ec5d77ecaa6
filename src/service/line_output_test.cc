#include "service/line_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mogura::service {
namespace {

using State = LineOutput::State;
constexpr std::chrono::milliseconds kNoPatience{0};

class LineOutputTest : public ::testing::Test {
 protected:
  LineOutputTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    std::string name = ::testing::TempDir() + "line_output_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/lines";
  }
  ~LineOutputTest() override {
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    std::filesystem::remove_all(folder_);
  }

  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // What is left of the text.
  std::string write(LineOutput& output, std::string_view text, State expected) {
    EXPECT_EQ(output.write(text, kNoPatience, lost_), expected);
    return std::string(text);
  }
  std::string read_pipe() const {
    std::string text(1 << 20, '\0');
    const ssize_t count = ::read(reader_, text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }
  void open_reader() { reader_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC); }
  void close_reader() { ::close(reader_); }

  std::string folder_, path_;
  std::size_t lost_ = 0;
  int reader_ = -1;
};

TEST_F(LineOutputTest, AppendsToAFileThatOthersMayNotRead) {
  for (int run = 0; run < 2; ++run) {
    LineOutput output(path_);
    ASSERT_TRUE(output.open());
    EXPECT_EQ(write(output, "a\nb\n", State::kDone), "");
  }
  EXPECT_EQ(content(path_), "a\nb\na\nb\n");
  struct stat found {};
  ASSERT_EQ(::stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0137, 0u);
}

TEST_F(LineOutputTest, SaysWhatCannotBeOpened) {
  LineOutput output(folder_ + "/no/such/folder");
  const auto opened = output.open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_EQ(opened.error().message(), folder_ + "/no/such/folder: No such file or directory");
}

TEST_F(LineOutputTest, TakesTheFileThatHasTheNameNow) {
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  write(output, "a\n", State::kDone);
  std::filesystem::rename(path_, path_ + ".1");
  write(output, "b\n", State::kDone);
  output.reopen();
  write(output, "c\n", State::kDone);
  EXPECT_EQ(content(path_ + ".1"), "a\nb\n");
  EXPECT_EQ(content(path_), "c\n");
}

TEST_F(LineOutputTest, KeepsTheOldFileWhereThereIsNoNewOne) {
  std::filesystem::create_directory(folder_ + "/sub");
  LineOutput output(folder_ + "/sub/lines");
  ASSERT_TRUE(output.open());
  std::filesystem::rename(folder_ + "/sub", folder_ + "/moved");
  output.reopen();
  write(output, "a\n", State::kDone);
  EXPECT_EQ(content(folder_ + "/moved/lines"), "a\n");
}

TEST_F(LineOutputTest, FailsOnAFullDiskAndGoesOnInAnotherFile) {
  std::filesystem::create_symlink("/dev/full", path_);
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  EXPECT_EQ(write(output, "a\n", State::kFailed), "a\n");
  std::filesystem::remove(path_);
  output.reopen();
  EXPECT_EQ(write(output, "a\n", State::kDone), "");
  EXPECT_EQ(content(path_), "a\n");
  EXPECT_EQ(lost_, 0u);
}

class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(LineOutputTest, EndsInTheSameFileALineThatTheDiskHadNoRoomFor) {
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  std::string rest;
  {
    const FileLimit limit(6);
    rest = write(output, "line 1\nline 2\n", State::kFailed);
  }
  EXPECT_EQ(content(path_), "line 1");
  EXPECT_EQ(write(output, rest, State::kDone), "");
  EXPECT_EQ(content(path_), "line 1\nline 2\n");
  EXPECT_EQ(lost_, 0u);
}

TEST_F(LineOutputTest, DoesNotBeginAFileWithTheTailOfALine) {
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  std::string rest;
  {
    const FileLimit limit(9);
    rest = write(output, "line 1\nline 2\nline 3\n", State::kFailed);
  }
  EXPECT_EQ(content(path_), "line 1\nli");
  std::filesystem::rename(path_, path_ + ".1");
  output.reopen();
  EXPECT_EQ(write(output, rest, State::kDone), "");
  EXPECT_EQ(content(path_), "line 3\n");
  EXPECT_EQ(lost_, 1u);
}

TEST_F(LineOutputTest, DoesNotWaitForAPipesReader) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  LineOutput output(path_);
  ASSERT_TRUE(output.open()) << "the reader may come later";
  EXPECT_EQ(write(output, "a\n", State::kUnread), "a\n");
  open_reader();
  EXPECT_EQ(write(output, "a\n", State::kDone), "");
  EXPECT_EQ(read_pipe(), "a\n");
  close_reader();
}

TEST_F(LineOutputTest, WritesAsMuchAsAPipeTakes) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  open_reader();
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  const std::string text = std::string(500'000, 'x') + "\n";
  std::string rest = write(output, text, State::kWaiting);
  EXPECT_LT(rest.size(), text.size());
  std::string read = read_pipe();
  while (!rest.empty()) {
    std::string_view left = rest;
    output.write(left, kNoPatience, lost_);
    rest = std::string(left);
    read += read_pipe();
  }
  EXPECT_EQ(read + read_pipe(), text);
  close_reader();
}

TEST_F(LineOutputTest, BeginsWithAWholeLineForThePipesNextReader) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  open_reader();
  LineOutput output(path_);
  ASSERT_TRUE(output.open());
  const std::string text = std::string(500'000, 'x') + "\nnext\n";
  std::string rest = write(output, text, State::kWaiting);
  close_reader();
  rest = write(output, rest, State::kUnread);
  EXPECT_EQ(rest.back(), '\n');
  open_reader();
  EXPECT_EQ(write(output, rest, State::kDone), "");
  EXPECT_EQ(read_pipe(), "next\n");
  EXPECT_EQ(lost_, 1u);
  close_reader();
}

TEST_F(LineOutputTest, WritesToStandardOutput) {
  ::testing::internal::CaptureStdout();
  {
    LineOutput output("-");
    ASSERT_TRUE(output.open());
    output.reopen();
    EXPECT_EQ(write(output, "a\n", State::kDone), "");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "a\n");
  EXPECT_GE(::fcntl(1, F_GETFD), 0) << "still open";
}

}  // namespace
}  // namespace mogura::service
