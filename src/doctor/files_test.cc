#include "doctor/files.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace mogura::doctor {
namespace {

const Account kService{"mogura", 900, {900, 901}};

FileFacts file(uid_t owner, gid_t group, unsigned mode, bool is_folder = false) {
  return {"/x", 0, is_folder, owner, group, mode};
}

TEST(May, FollowsTheFirstOfOwnerGroupAndOthersThatFits) {
  struct Case {
    FileFacts file;
    unsigned wanted;
    bool expected;
    const char* why;
  };
  const Case cases[] = {
      {file(900, 0, 0600), kRead | kWrite, true, "its own"},
      {file(900, 0, 0077), kRead, false, "the owner's bits count, though everybody else may"},
      {file(0, 901, 0640), kRead, true, "by a further group"},
      {file(0, 901, 0604), kRead, false, "the group's bits count, though others may"},
      {file(0, 0, 0644), kRead, true, "as anybody"},
      {file(0, 0, 0644), kRead | kWrite, false, "both are wanted"},
  };
  for (const Case& one : cases) EXPECT_EQ(may(kService, one.file, one.wanted), one.expected) << one.why;
  EXPECT_TRUE(may({"root", 0, {0}}, file(900, 900, 0), kWrite)) << "root may all";
  EXPECT_FALSE(may(kService, {"/x", ENOENT, false, 900, 900, 0777}, kRead)) << "not seen";
}

TEST(JudgeSecret, MustBeItsOwnersAloneAndReadable) {
  EXPECT_EQ(judge_secret(file(900, 900, 0600), kService).level, Level::kOk);
  EXPECT_EQ(judge_secret(file(900, 900, 0640), kService).level, Level::kProblem);
  EXPECT_EQ(judge_secret(file(0, 0, 0600), kService).level, Level::kProblem);
  EXPECT_EQ(judge_secret(file(900, 900, 0700, true), kService).level, Level::kProblem);
  EXPECT_EQ(judge_secret({"/x", EACCES, false, 0, 0, 0}, kService).level, Level::kUnseen);
  EXPECT_EQ(judge_secret({"/x", ENOENT, false, 0, 0, 0}, kService).level, Level::kProblem);
}

TEST(JudgeConfiguration, IsChangedByRootAndReadByTheService) {
  const std::vector<FileFacts> open{file(0, 0, 0755, true)}, shut{file(0, 0, 0700, true)};
  EXPECT_EQ(judge_configuration(file(0, 900, 0640), open, kService).level, Level::kOk);
  EXPECT_EQ(judge_configuration(file(0, 0, 0644), open, kService).level, Level::kOk);
  EXPECT_EQ(judge_configuration(file(0, 0, 0666), open, kService).level, Level::kProblem)
      << "everybody writes";
  EXPECT_EQ(judge_configuration(file(0, 50, 0664), open, kService).level, Level::kProblem)
      << "a group writes";
  EXPECT_EQ(judge_configuration(file(1000, 900, 0640), open, kService).level, Level::kProblem)
      << "a person's";
  EXPECT_EQ(judge_configuration(file(0, 0, 0600), open, kService).level, Level::kProblem) << "unreadable";
  EXPECT_EQ(judge_configuration(file(0, 0, 0644), shut, kService).level, Level::kProblem) << "unreachable";
  EXPECT_EQ(judge_configuration({"/x", ENOENT, false, 0, 0, 0}, open, kService).level, Level::kProblem);
}

TEST(JudgeWritableFolder, IsTheServicesAndNobodyElses) {
  const std::vector<FileFacts> open{file(0, 0, 0755, true)}, shut{file(0, 0, 0700, true)};
  EXPECT_EQ(judge_writable_folder(file(900, 900, 0750, true), open, kService).level, Level::kOk);
  EXPECT_EQ(judge_writable_folder(file(900, 900, 0755, true), open, kService).level, Level::kWarning);
  EXPECT_EQ(judge_writable_folder(file(900, 900, 0777, true), open, kService).level, Level::kProblem);
  EXPECT_EQ(judge_writable_folder(file(0, 0, 0755, true), open, kService).level, Level::kProblem);
  EXPECT_EQ(judge_writable_folder(file(900, 900, 0750, true), shut, kService).level, Level::kProblem);
  EXPECT_EQ(judge_writable_folder(file(900, 900, 0600, false), open, kService).level, Level::kProblem);
}

TEST(FoldersAbove, AreThoseOnTheWay) {
  const std::vector<FileFacts> above = folders_above("/proc/self/status");
  ASSERT_EQ(above.size(), 3u);
  EXPECT_EQ(above[0].path, "/");
  EXPECT_EQ(above[1].path, "/proc");
  EXPECT_EQ(above[2].path, "/proc/self");
  EXPECT_TRUE(above[2].is_folder);
  EXPECT_TRUE(folders_above("name").empty());
}

TEST(FindAccount, KnowsRootAndNobodyElse) {
  ASSERT_TRUE(find_account("root"));
  EXPECT_EQ(find_account("root")->user, 0u);
  EXPECT_FALSE(find_account("no such user"));
}

}  // namespace
}  // namespace mogura::doctor
