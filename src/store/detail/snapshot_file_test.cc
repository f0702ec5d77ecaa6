#include "store/detail/snapshot_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/testing/scratch_folder.h"

namespace mogura::store::detail {
namespace {

std::vector<StateRecord> records(std::size_t count) {
  std::vector<StateRecord> made(count);
  for (std::size_t i = 0; i < count; ++i) {
    made[i].key.bytes[0] = static_cast<std::uint8_t>(i);
    made[i].key.bytes[1] = static_cast<std::uint8_t>(i >> 8);
    made[i].entry = encode(challenge::Entry{});
  }
  return made;
}

void write(const std::string& path, std::size_t count, bool is_end = false) {
  auto writer = SnapshotWriter::begin(path);
  ASSERT_TRUE(writer) << writer.error().message();
  // In pieces, as shards give them.
  const auto all = records(count);
  for (std::size_t i = 0; i < count; i += 700) {
    ASSERT_TRUE(writer->add(std::span(all).subspan(i, std::min<std::size_t>(700, count - i))));
  }
  ASSERT_TRUE(writer->finish(Timestamp(std::chrono::seconds(5)), is_end));
}

Result<SnapshotFile> read(const std::string& path, std::size_t& count) {
  count = 0;
  return read_snapshot_file(path, [&](const SnapshotHeader&, const StateRecord&) { ++count; });
}

TEST(SnapshotFile, IsReadAsItWasWritten) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  std::size_t count = 0;
  for (const std::size_t size : {0u, 1u, 1024u, 2500u}) {
    write(path, size);
    const auto file = read(path, count);
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->is_there);
    EXPECT_EQ(file->contents.damage, "");
    EXPECT_EQ(count, size);
    EXPECT_EQ(file->contents.header.written, Timestamp(std::chrono::seconds(5)));
  }
}

TEST(SnapshotFile, IsForItsOwnerAloneAndLeavesNothingBesideIt) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  write_file(path, "MOGURACS");
  ::chmod(path.c_str(), 0644);
  write(path, 3);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(SnapshotFile, ThatIsNotThereIsNoError) {
  const ScratchFolder folder;
  std::size_t count = 0;
  const auto file = read(folder.file("state"), count);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->is_there);
}

TEST(SnapshotFile, NotFinishedLeavesTheOldOne) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  write(path, 3);
  {
    auto writer = SnapshotWriter::begin(path);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->add(records(2000)));
  }
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  std::size_t count = 0;
  ASSERT_TRUE(read(path, count));
  EXPECT_EQ(count, 3u);
}

TEST(SnapshotFile, SaysOnlyOnceThatItWasTheEnd) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  write(path, 3, true);
  std::size_t count = 0;
  const auto first = read(path, count);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->contents.header.is_end);
  const auto second = read(path, count);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->contents.header.is_end);
  EXPECT_EQ(count, 3u);
}

TEST(SnapshotFile, DamagedIsKeptAside) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  write(path, 2500);
  std::string bytes = contents_of(path);
  bytes[kHeaderBytes + kBlockBytes + 100] ^= 1;
  write_file(path, bytes);
  std::size_t count = 0;
  const auto file = read(path, count);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->contents.damage, "is damaged: 1476 of 2500 entries are whole");
  EXPECT_EQ(count, 1476u);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(contents_of(path + ".damaged"), bytes);
}

TEST(SnapshotFile, OfAnotherProgramStaysAsItIs) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  write_file(path, "[proxy]\nlisten = \"127.0.0.1:3128\"\n");
  std::size_t count = 0;
  const auto file = read(path, count);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kFormat);
  EXPECT_EQ(file.error().message(), path + ": is not a snapshot of challenge state");
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(SnapshotFile, APipeIsNotWaitedFor) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::size_t count = 0;
  const auto file = read(path, count);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kFormat);
}

TEST(SnapshotFile, ThatCannotBeWrittenIsAnError) {
  const ScratchFolder folder;
  const auto writer = SnapshotWriter::begin(folder.file("missing/state"));
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kIo);
  EXPECT_EQ(writer.error().message(), folder.file("missing/state.tmp") + ": No such file or directory");
}

// Files of this process end there, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(SnapshotFile, AFullDiskIsAnError) {
  const ScratchFolder folder;
  const std::string path = folder.file("state");
  auto writer = SnapshotWriter::begin(path);
  ASSERT_TRUE(writer);
  const FileSizeLimit limit(60'000);
  const auto added = writer->add(records(4096));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace mogura::store::detail
