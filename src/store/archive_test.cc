#include "store/archive.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "store/detail/scene_test.h"

namespace mogura::store {
namespace {

using testing::alert;
using testing::at;
using testing::finding;
using testing::number;
using testing::Scene;
using testing::session;

TEST(Archive, OpensWhatIsThereAndMakesNothing) {
  const testing::Folder folder;
  const auto missing = open_archive(folder.file("missing.db"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_FALSE(std::ifstream(folder.file("missing.db")));
  std::ofstream(folder.file("other.db")) << std::string(5000, 'x');
  EXPECT_EQ(open_archive(folder.file("other.db")).error().code, ErrorCode::kFormat);
  std::ofstream(folder.file("empty.db"));
  EXPECT_TRUE(open_archive(folder.file("empty.db"))) << "an empty file becomes one of ours";
}

TEST(Archive, SeesWhatOthersCommitAndTheyWhatItDoes) {
  Scene scene;
  const auto second = open_archive(scene.path());
  ASSERT_TRUE(second);
  scene.add(session(1));
  EXPECT_EQ((*second)->totals()->sessions, 0u);
  scene.commit();
  EXPECT_EQ((*second)->totals()->sessions, 1u);
  EXPECT_EQ(scene.archive().totals()->sessions, 1u);
  scene.add(std::vector{finding("edge.example:443")});
  const std::string id = finding("edge.example:443").finding_id;
  ASSERT_TRUE((*second)->decide(id, {"confirmed", "", "", {}, "anna", at(1)},
                                {at(1), "anna", "", "confirm", id, ""}));
  EXPECT_EQ(scene.archive().finding(id, at(2))->row.status, "confirmed");
  EXPECT_EQ(scene.store().findings(at(2))->front().status, "confirmed");
  EXPECT_TRUE(scene.store().forget_before(at(INT64_MAX / 1000)));
  EXPECT_EQ((*second)->totals()->sessions, 0u);
}

// A page is of one moment although another thread writes all the time.
TEST(Archive, AnswersWhileSessionsAreWritten) {
  Scene scene;
  std::thread writer([&] {
    for (std::uint32_t n = 0; n < 20'000; ++n) {
      scene.add(session(n));
      if (n % 500 == 0) scene.commit();
    }
    scene.commit();
  });
  std::uint64_t seen = 0;
  while (seen < 20'000) {
    const auto totals = scene.archive().totals();
    ASSERT_TRUE(totals) << totals.error().message();
    EXPECT_GE(totals->sessions, seen);
    seen = totals->sessions;
    const auto page = scene.archive().sessions({}, {50, ""});
    ASSERT_TRUE(page) << page.error().message();
    EXPECT_GE(page->rows.size(), std::min<std::uint64_t>(seen, 50));
  }
  writer.join();
}

// --- killed at any moment ---

[[noreturn]] void act_until_killed(const std::string& path, const std::string& id, int pipe) {
  auto archive = open_archive(path);
  if (!archive) _exit(1);
  for (std::int64_t n = 0;; ++n) {
    const report::AuditEntry audit{at(n), "anna", "", "note", id, ""};
    if (!(*archive)->add_note(id, std::to_string(n), audit) || write(pipe, "n", 1) != 1) _exit(2);
  }
}

TEST(Archive, AnActionAndItsAuditLineAreOneWhenKilled) {
  Scene scene;
  scene.add(std::vector{finding("edge.example:443")});
  const std::string id = finding("edge.example:443").finding_id;
  for (std::size_t round = 0; round < 10; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) act_until_killed(scene.path(), id, ends[1]);
    close(ends[1]);
    char byte = 0;
    for (std::size_t n = 0; n < round * 13 % 17 && read(ends[0], &byte, 1) == 1; ++n) {
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    close(ends[0]);
    EXPECT_EQ(number(scene.path(), "SELECT (SELECT count(*) FROM notes) - (SELECT count(*) FROM audit)"), 0);
  }
  EXPECT_GT(number(scene.path(), "SELECT count(*) FROM notes"), 50);
  EXPECT_TRUE(testing::is_whole(scene.path()));
}

}  // namespace
}  // namespace mogura::store
