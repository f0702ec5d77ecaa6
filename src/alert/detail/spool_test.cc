#include "alert/detail/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "alert/detail/scene_test.h"

namespace mogura::alert::detail {
namespace {

using testing::bytes_of;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

const std::string kHead(kSpoolHead);
constexpr std::size_t kLarge = std::size_t{1} << 20;

class SpoolTest : public ::testing::Test {
 protected:
  Spool open(std::size_t limit = kLarge) {
    auto spool = Spool::open(path_, limit);
    EXPECT_TRUE(spool) << spool.error().message();
    return *std::move(spool);
  }
  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  static std::vector<std::string> take_all(Spool& spool) {
    std::vector<std::string> lines;
    for (auto line = spool.front(); line && *line; line = spool.front()) {
      lines.push_back(**line);
      EXPECT_TRUE(spool.pop_front());
    }
    return lines;
  }

  testing::Folder folder_;
  std::string path_ = folder_.file("spool");
};

TEST_F(SpoolTest, GivesLinesBackInOrder) {
  Spool spool = open();
  struct stat found {};
  ASSERT_EQ(stat(path_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_EQ(*spool.front(), std::nullopt);
  for (const char* line : {"{1}", "{2}", "{3}"}) ASSERT_TRUE(spool.append(line));
  EXPECT_EQ(spool.waiting(), 3u);
  EXPECT_EQ(bytes_of(path_), kHead + "{1}\n{2}\n{3}\n");
  EXPECT_EQ(**spool.front(), "{1}");
  ASSERT_TRUE(spool.pop_front());
  EXPECT_EQ(bytes_of(path_), kHead + "#1}\n{2}\n{3}\n");
  ASSERT_TRUE(spool.append("{4}"));
  EXPECT_THAT(take_all(spool), ElementsAre("{2}", "{3}", "{4}"));
  EXPECT_EQ(bytes_of(path_), kHead) << "short again";
  EXPECT_TRUE(spool.pop_front()) << "nothing to take";
  ASSERT_TRUE(spool.append("{5}"));
  EXPECT_THAT(take_all(spool), ElementsAre("{5}"));
}

TEST_F(SpoolTest, GoesOnWhereAnEarlierProcessStopped) {
  {
    Spool spool = open();
    for (const char* line : {"{1}", "{2}", "{3}"}) ASSERT_TRUE(spool.append(line));
    ASSERT_TRUE(spool.pop_front());
  }
  Spool spool = open();
  EXPECT_EQ(spool.waiting(), 2u);
  EXPECT_EQ(spool.damaged(), 0u);
  EXPECT_THAT(take_all(spool), ElementsAre("{2}", "{3}"));
}

TEST_F(SpoolTest, ForgetsWhatACrashCutShort) {
  const std::string whole = kHead + "#1}\n{2}\n{33}\n";
  for (std::size_t size = kHead.size(); size <= whole.size(); ++size) {
    write(whole.substr(0, size));
    const std::string read = whole.substr(0, size);
    const bool is_torn = read.back() != '\n';
    Spool spool = open();
    EXPECT_EQ(spool.damaged(), is_torn ? 1u : 0u) << size;
    ASSERT_TRUE(spool.append("{new}"));
    std::vector<std::string> expected;
    if (read.find("{2}\n") != std::string::npos) expected.emplace_back("{2}");
    if (read.find("{33}\n") != std::string::npos) expected.emplace_back("{33}");
    expected.emplace_back("{new}");
    EXPECT_THAT(take_all(spool), ElementsAreArray(expected)) << size;
  }
}

TEST_F(SpoolTest, PassesOverDamagedLines) {
  write(kHead + "{1}\n" + std::string("\0\0\0\n", 4) + "\nnoise\n{2}\n{" + std::string(kSpoolLineBytes, 'x') +
        "\n{3}\n");
  Spool spool = open();
  EXPECT_EQ(spool.waiting(), 3u);
  EXPECT_EQ(spool.damaged(), 4u);
  EXPECT_THAT(take_all(spool), ElementsAre("{1}", "{2}", "{3}"));
}

TEST_F(SpoolTest, TakesLinesOfAnyLengthItCanReadBack) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{65'535}, std::size_t{65'536},
                                 std::size_t{65'537}, kSpoolLineBytes - 1, kSpoolLineBytes}) {
    const std::string line = "{" + std::string(size - 1, 'x');
    { ASSERT_TRUE(open(2 * kLarge).append(line)) << size; }
    Spool spool = open(2 * kLarge);
    EXPECT_THAT(take_all(spool), ElementsAre(line)) << size;
  }
  Spool spool = open(2 * kLarge);
  for (const std::string& line :
       {std::string(kSpoolLineBytes + 1, '{'), std::string(), std::string("no"), std::string("{a\nb}")}) {
    EXPECT_EQ(spool.append(line).error().code, ErrorCode::kFormat);
  }
}

TEST_F(SpoolTest, StaysBelowItsLimit) {
  Spool spool = open(kHead.size() + 12);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(spool.append("{1}"));
  EXPECT_EQ(spool.append("{4}").error().code, ErrorCode::kLimit);
  EXPECT_EQ(bytes_of(path_).size(), kHead.size() + 12);
  EXPECT_EQ(take_all(spool).size(), 3u);
  EXPECT_TRUE(spool.append("{4}"));
}

TEST_F(SpoolTest, MakesRoomWhenHalfIsTaken) {
  constexpr std::size_t kLimit = 4000;
  Spool spool = open(kLimit);
  std::size_t next = 0, oldest = 0;
  const auto line = [](std::size_t n) { return "{\"n\":" + std::to_string(n) + "}"; };
  while (spool.append(line(next))) ++next;
  // It never becomes empty and never grows.
  for (; oldest < 2000; ++oldest) {
    ASSERT_EQ(**spool.front(), line(oldest));
    ASSERT_TRUE(spool.pop_front());
    if (spool.append(line(next))) ++next;
    ASSERT_LE(bytes_of(path_).size(), kLimit);
  }
  EXPECT_GT(next, 2000u);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
  { const Spool closed = std::move(spool); }
  Spool again = open(kLimit);
  EXPECT_EQ(again.waiting(), next - oldest);
  for (const std::string& found : take_all(again)) EXPECT_EQ(found, line(oldest++));
}

TEST_F(SpoolTest, RefusesOtherFilesAndLeavesThemAsTheyAre) {
  for (const std::string bytes : {"x", "listen = 3128\n", "{\"an\":\"alert file\"}\n",
                                  "# mogura.spool/2\n{1}\n", "# mogura.spool/1", "# mogura.spool/1\r\n"}) {
    write(bytes);
    const auto refused = Spool::open(path_, kLarge);
    ASSERT_FALSE(refused) << bytes;
    EXPECT_EQ(refused.error().code, ErrorCode::kFormat);
    EXPECT_EQ(bytes_of(path_), bytes);
  }
  EXPECT_EQ(Spool::open(folder_.file("no/such/folder"), kLarge).error().code, ErrorCode::kIo);
  ASSERT_EQ(mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(Spool::open(folder_.file("pipe"), kLarge).error().code, ErrorCode::kFormat);
}

TEST_F(SpoolTest, IsOneProcessesAlone) {
  const Spool spool = open();
  EXPECT_EQ(Spool::open(path_, kLarge).error().message(), path_ + ": is in use by another process");
}

// In a process of its own, since the limit is one of the process.
int fill_the_disk(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  auto spool = Spool::open(path, kLarge);
  if (!spool || !spool->append("{1}")) return 1;
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = kSpoolHead.size() + 6;  // half of the next line
  setrlimit(RLIMIT_FSIZE, &limit);
  if (spool->append("{2}") || spool->waiting() != 1) return 2;
  limit.rlim_cur = before;
  setrlimit(RLIMIT_FSIZE, &limit);
  return spool->append("{3}") ? 0 : 3;
}

TEST_F(SpoolTest, TakesBackALineThatDidNotFitOnTheDisk) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(fill_the_disk(path_));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(bytes_of(path_), kHead + "{1}\n{3}\n");
}

}  // namespace
}  // namespace mogura::alert::detail
