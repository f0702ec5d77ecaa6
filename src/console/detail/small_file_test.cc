#include "console/detail/small_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "console/testing/files_test.h"

namespace mogura::console::detail {
namespace {

using testing::Folder;

TEST(SmallFile, IsReadWholeWithItsMode) {
  const Folder folder;
  const auto file = read_small_file(folder.write("a", std::string("x\0y", 3), 0640), 3);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, std::string("x\0y", 3));
  EXPECT_EQ(file->mode & 0777U, 0640U);
  EXPECT_EQ(read_small_file(folder.write("empty", ""), 3)->text, "");
}

TEST(SmallFile, RefusesWhatIsNotThereNoFileOrTooLarge) {
  const Folder folder;
  EXPECT_EQ(read_small_file(folder.path("none"), 3).error().code, ErrorCode::kIo);
  EXPECT_EQ(read_small_file(folder.path("."), 3).error().code, ErrorCode::kUsage);
  EXPECT_EQ(read_small_file("/dev/zero", 3).error().code, ErrorCode::kUsage);
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_small_file(folder.path("pipe"), 3).error().code, ErrorCode::kUsage) << "and does not wait";
  EXPECT_EQ(read_small_file(folder.write("a", "1234"), 3).error().code, ErrorCode::kLimit);
}

TEST(SmallFile, StampsTellFilesApart) {
  const Folder folder;
  const std::vector<std::string> paths{folder.path("a")};
  const auto absent = stamp_of_files(paths);
  (void)folder.write("a", "1");
  const auto present = stamp_of_files(paths);
  EXPECT_NE(absent, present);
  EXPECT_EQ(stamp_of_files(paths), present);
  (void)folder.write("a", "2");
  EXPECT_NE(stamp_of_files(paths), present) << "another file of the same size";
}

}  // namespace
}  // namespace mogura::console::detail
