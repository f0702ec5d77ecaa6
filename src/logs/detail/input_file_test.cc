#include "logs/detail/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "logs/detail/folder_test.h"

namespace mogura::logs::detail {
namespace {

constexpr std::string_view kSquid =
    "1546169125.919 208 10.1.2.3 TCP_MISS/200 1 GET http://a.example/ - H/- -\n";
constexpr std::string_view kZeek = "#separator \\x09\n";

std::vector<std::string> paths_of(const std::vector<InputFile>& files) {
  std::vector<std::string> paths;
  for (const InputFile& file : files) paths.push_back(file.report.path);
  return paths;
}

TEST(FindFiles, TakesTheLogsOfAFolderByName) {
  const testing::Folder folder;
  const std::string b = folder.add("b.log", kSquid);
  const std::string a = folder.add("a.log", kZeek);
  folder.add("notes.txt", "hello\n");
  std::filesystem::create_directory(folder.path() + "/0");
  EXPECT_EQ(paths_of(find_files({folder.path()}, {})), (std::vector<std::string>{a, b}));
  EXPECT_EQ(paths_of(find_files({folder.path()}, Format::kSquid)), std::vector<std::string>{b});
}

TEST(FindFiles, RefusesAFolderWithoutLogs) {
  const testing::Folder folder;
  const std::vector<InputFile> files = find_files({folder.path()}, {});
  ASSERT_EQ(files.size(), 1u);
  ASSERT_EQ(files[0].report.errors.size(), 1u);
  EXPECT_EQ(files[0].report.errors[0].message(), folder.path() + ": no log in this folder");
}

TEST(InputFile, SaysWhyItIsNotRead) {
  const testing::Folder folder;
  InputFile text(folder.add("notes.txt", "hello\n"));
  EXPECT_FALSE(text.recognise({}));
  EXPECT_EQ(text.report.errors.at(0).code, ErrorCode::kFormat);
  InputFile none(folder.path() + "/nothing");
  EXPECT_FALSE(none.recognise({}));
  EXPECT_EQ(none.report.errors.at(0).code, ErrorCode::kIo);
  EXPECT_EQ(none.report.errors.at(0).place, folder.path() + "/nothing");
}

TEST(InputFile, BelievesTheFormatThatIsGiven) {
  const testing::Folder folder;
  InputFile file(folder.add("odd.log", "broken first line\n"));
  ASSERT_TRUE(file.recognise(Format::kSquid));
  EXPECT_EQ(file.format(), Format::kSquid);
}

TEST(InputFile, PassesOverEmptyAndOverlongLinesButCountsThem) {
  const testing::Folder folder;
  InputFile file(folder.add("f", "one\n\n" + std::string(kLineBytes + 1, 'x') + "\nfour\n"));
  ASSERT_TRUE(file.recognise(Format::kSquid));
  std::vector<std::string> lines;
  for (std::string_view line; file.next(line);) lines.emplace_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "four"}));
  EXPECT_EQ(file.report.lines, 4u);
  EXPECT_EQ(file.report.bad_lines, 1u);
  ASSERT_EQ(file.report.errors.size(), 1u);
  EXPECT_EQ(file.report.errors[0].place, file.report.path + " line 3");
  EXPECT_EQ(file.position(), file.size());
}

TEST(InputFile, ReadsANamedPipeThatIsLookedAtFirst) {
  const testing::Folder folder;
  const std::string path = folder.path() + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&path] { std::ofstream(path) << kSquid << kSquid; });
  InputFile file(path);
  EXPECT_TRUE(file.recognise({}));
  std::size_t lines = 0;
  for (std::string_view line; file.next(line);) ++lines;
  writer.join();
  EXPECT_EQ(file.format(), Format::kSquid);
  EXPECT_EQ(lines, 2u);
}

}  // namespace
}  // namespace mogura::logs::detail
