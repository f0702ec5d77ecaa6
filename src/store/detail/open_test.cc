#include "store/detail/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

TEST(OpenOurs, AFileThatIsThere) {
  const store::testing::Folder folder;
  const std::string path = folder.file("test.db");
  EXPECT_EQ(open_ours(path).error().code, ErrorCode::kIo) << "nothing is made";
  struct stat found {};
  EXPECT_NE(stat(path.c_str(), &found), 0);
  ASSERT_TRUE(create_if_missing(path));
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  ASSERT_TRUE(create_if_missing(path)) << "it is there";
  const auto database = open_ours(path);
  ASSERT_TRUE(database);
  EXPECT_EQ(store::testing::number(*database, "PRAGMA user_version"), 3);
  EXPECT_EQ(store::testing::number(*database, "PRAGMA trusted_schema"), 0);
}

TEST(OpenOurs, ManyThatMakeItTogether) {
  for (int round = 0; round < 20; ++round) {
    const store::testing::Folder folder;
    const std::string path = folder.file("test.db");
    ASSERT_TRUE(create_if_missing(path));
    std::array<std::string, 8> errors;
    std::vector<std::thread> openers;
    for (std::string& error : errors) {
      openers.emplace_back([&] {
        if (const auto database = open_ours(path); !database) error = database.error().message();
      });
    }
    for (std::thread& opener : openers) opener.join();
    EXPECT_THAT(errors, ::testing::Each(""));
  }
}

TEST(OpenOurs, LeavesOthersAlone) {
  const store::testing::Folder folder;
  const std::string path = folder.file("text");
  std::ofstream(path) << std::string(5000, 'x');
  EXPECT_EQ(open_ours(path).error().code, ErrorCode::kFormat);
  EXPECT_EQ(create_if_missing(folder.file("no/folder")).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace mogura::store::detail
