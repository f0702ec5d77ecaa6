#include "capture/detail/window.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "capture/detail/reader.h"
#include "capture/detail/test_support.h"

namespace mogura::capture::detail {
namespace {

using namespace testing;

const std::size_t kPage = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));

TEST(Window, ShowsItsPartOfTheFile) {
  const Folder folder;
  const Result<Descriptor> file =
      Descriptor::open(folder.add("f", Bytes(kPage, 'a') + Bytes(kPage + 5, 'b')));
  const Window window(file->number(), kPage, kPage + 5);
  ASSERT_EQ(window.error(), 0);
  ASSERT_EQ(window.bytes().size(), kPage + 5);
  EXPECT_EQ(window.bytes().front(), 'b');
  EXPECT_EQ(window.bytes().back(), 'b');
}

TEST(Window, SaysWhyItCouldNotBeMapped) {
  const Window window(-1, 0, kPage);
  EXPECT_EQ(window.error(), EBADF);
  EXPECT_TRUE(window.bytes().empty());
}

TEST(Window, OfAFileThatShrinksReadsAsZeroFromThere) {
  const Folder folder;
  const std::string path = folder.add("f", Bytes(8 * kPage, 'x'));
  const Result<Descriptor> file = Descriptor::open(path);
  const Window window(file->number(), 0, 8 * kPage);
  ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(2 * kPage)), 0);
  EXPECT_EQ(window.bytes()[8 * kPage - 1], 0);
  EXPECT_EQ(window.bytes()[2 * kPage], 0);
  EXPECT_EQ(window.bytes()[2 * kPage - 1], 'x');
}

TEST(WindowDeathTest, LeavesOtherFaultsToTheirOwner) {
  const Folder folder;
  const std::string path = folder.add("f", Bytes(2 * kPage, 'x'));
  const Result<Descriptor> file = Descriptor::open(path);
  const Window window(file->number(), 0, kPage);
  void* const other = mmap(nullptr, 2 * kPage, PROT_READ, MAP_PRIVATE, file->number(), 0);
  ASSERT_NE(other, MAP_FAILED);
  ASSERT_EQ(truncate(path.c_str(), 0), 0);
  EXPECT_DEATH(std::printf("%d", *static_cast<volatile const char*>(other)), "");
  munmap(other, 2 * kPage);
}

}  // namespace
}  // namespace mogura::capture::detail
