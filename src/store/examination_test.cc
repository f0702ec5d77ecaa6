#include "store/examination.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "store/store.h"

namespace mogura::store {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::milliseconds kPatience{60'000};

class Examine : public ::testing::Test {
 protected:
  Examine() {
    std::string name = fs::temp_directory_path() / "mogura-examine-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ + "/a ?%#.db";  // what a URI would take apart
  }
  ~Examine() override { fs::remove_all(folder_); }

  [[nodiscard]] static session::Session session(std::int64_t end_s) {
    session::Session made;
    made.start = made.end = Timestamp(std::chrono::seconds(end_s));
    made.client = {Address::v4(0x0A000001), static_cast<std::uint16_t>(end_s % 60'000 + 1)};
    return made;
  }
  void fill(int sessions) {
    auto store = Store::open(path_);
    ASSERT_TRUE(store);
    for (int i = 0; i < sessions; ++i) ASSERT_TRUE(store->add_session(session(1000 + i)));
    ASSERT_TRUE(store->commit());
  }
  void execute(const char* sql) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  std::string folder_, path_;
};

TEST_F(Examine, CountsAndTimesSessions) {
  fill(3);
  const auto found = examine_database(path_, kPatience);
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->schema, found->known_schema);
  EXPECT_EQ(found->sessions, 3u);
  EXPECT_EQ(found->first, Timestamp(std::chrono::seconds(1000)));
  EXPECT_EQ(found->last, Timestamp(std::chrono::seconds(1002)));
  EXPECT_EQ(found->damage, "");
  EXPECT_TRUE(found->is_whole);
  EXPECT_GT(found->bytes, 0u);
}

TEST_F(Examine, LeavesNothingBehind) {
  fill(1);
  const auto before = fs::last_write_time(path_);
  ASSERT_EQ(files(), 1u);
  ASSERT_TRUE(examine_database(path_, kPatience));
  EXPECT_EQ(files(), 1u);
  EXPECT_EQ(fs::last_write_time(path_), before);
}

TEST_F(Examine, SeesWhatARunningWriterHasCommitted) {
  auto store = Store::open(path_);
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->add_session(session(1)));
  ASSERT_TRUE(store->commit());
  const auto found = examine_database(path_, kPatience);
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_EQ(found->sessions, 1u);
  EXPECT_GT(found->log_bytes, 0u);
}

TEST_F(Examine, RefusesWhatIsNotOurs) {
  EXPECT_EQ(examine_database(path_, kPatience).error().code, ErrorCode::kIo);
  EXPECT_EQ(files(), 0u) << "made by looking";
  std::ofstream(path_)
      << "This is no database, and long enough to be told from one that is only beginning ......";
  EXPECT_EQ(examine_database(path_, kPatience).error().code, ErrorCode::kFormat);
  fs::remove(path_);
  execute("CREATE TABLE other (x)");
  EXPECT_EQ(examine_database(path_, kPatience).error().code, ErrorCode::kFormat);
}

// A schema without its mark, or the mark without its schema, would be another program's.
TEST_F(Examine, SeesNoHalfMadeSchema) {
  for (int round = 0; round < 20; ++round) {
    fs::remove(path_);
    std::ofstream(path_).close();
    std::thread maker([this] { EXPECT_TRUE(Store::open(path_)); });
    std::uint64_t schema = 0;
    while (schema == 0) {
      const auto found = examine_database(path_, kPatience);
      EXPECT_TRUE(found || found.error().code == ErrorCode::kIo) << found.error().message();
      if (HasFailure()) break;
      if (!found) continue;
      EXPECT_EQ(found->damage, "");
      schema = found->schema;
    }
    maker.join();
  }
}

TEST_F(Examine, RefusesANewerSchema) {
  fill(1);
  execute("PRAGMA user_version = 1000");
  EXPECT_EQ(examine_database(path_, kPatience).error().code, ErrorCode::kUnsupported);
}

TEST_F(Examine, FindsDamage) {
  fill(2000);
  const auto size = fs::file_size(path_);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (std::uintmax_t page = 4096 * 40; page + 4096 < size; page += 4096) {
    file.seekp(static_cast<std::streamoff>(page));
    file << "damage damage damage damage";
  }
  file.close();
  const auto found = examine_database(path_, kPatience);
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_NE(found->damage, "");
}

TEST_F(Examine, SaysWhenTimeWasTooShort) {
  fill(20'000);
  const auto found = examine_database(path_, std::chrono::milliseconds(0));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->is_whole);
  EXPECT_EQ(found->damage, "");
}

}  // namespace
}  // namespace mogura::store
