#include "store/detail/database.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <string>

#include "store/detail/scene_test.h"

namespace mogura::store::detail {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string path = folder_.file("test.db");
    std::ofstream{path};
    auto opened = Database::open(path);
    ASSERT_TRUE(opened);
    database_.emplace(*std::move(opened));
    ASSERT_TRUE(database_->execute("CREATE TABLE t (a, b)"));
  }

  store::testing::Folder folder_;
  std::optional<Database> database_;
};

TEST_F(DatabaseTest, GivesBackWhatWasBound) {
  auto insert = database_->prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(insert);
  const std::string hostile("a\0\xff'; DROP TABLE t; --", 22);
  ASSERT_TRUE(insert->bind(1, hostile).bind(2, std::uint64_t{7}).run());
  ASSERT_TRUE(insert->bind(1, 0.85).bind(2, std::numeric_limits<std::uint64_t>::max()).run());
  ASSERT_TRUE(insert->bind(1, std::string_view()).bind_null(2).run());
  auto select = database_->prepare("SELECT a, b FROM t");
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->text(0), hostile);
  EXPECT_EQ(select->integer(1), 7);
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->real(0), 0.85);
  EXPECT_EQ(select->integer(1), std::numeric_limits<std::int64_t>::max()) << "as near as SQLite can";
  ASSERT_TRUE(*select->step());
  EXPECT_FALSE(select->is_null(0)) << "an empty text is a text";
  EXPECT_EQ(select->text(0), "");
  EXPECT_TRUE(select->is_null(1));
  EXPECT_FALSE(*select->step());
}

TEST_F(DatabaseTest, NamesFileAndCause) {
  const auto failed = database_->execute("INSERT INTO nowhere VALUES (1)");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_EQ(failed.error().message(), folder_.file("test.db") + ": no such table: nowhere");
  EXPECT_EQ(Database::open(folder_.file("missing.db")).error().code, ErrorCode::kIo);
}

TEST_F(DatabaseTest, TellsDamageFromOtherErrors) {
  EXPECT_EQ(error_of(SQLITE_CORRUPT, nullptr, "f").code, ErrorCode::kFormat);
  EXPECT_EQ(error_of(SQLITE_CORRUPT_INDEX, nullptr, "f").code, ErrorCode::kFormat);
  EXPECT_EQ(error_of(SQLITE_NOTADB, nullptr, "f").code, ErrorCode::kFormat);
  EXPECT_EQ(error_of(SQLITE_FULL, nullptr, "f").message(), "f: database or disk is full");
  EXPECT_EQ(error_of(SQLITE_IOERR_WRITE, nullptr, "f").code, ErrorCode::kIo);
  EXPECT_EQ(error_of(SQLITE_BUSY, nullptr, "f").code, ErrorCode::kIo);
}

TEST_F(DatabaseTest, TransactionsEndWhereTheyBeganUnlessCommitted) {
  {
    auto transaction = Transaction::begin(*database_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database_->execute("INSERT INTO t VALUES (1, 1)"));
  }
  EXPECT_EQ(*database_->integer("SELECT count(*) FROM t"), 0);
  {
    auto transaction = Transaction::begin(*database_);
    ASSERT_TRUE(database_->execute("INSERT INTO t VALUES (1, 1)"));
    EXPECT_EQ(database_->changes(), 1u);
    ASSERT_TRUE(transaction->commit());
  }
  EXPECT_EQ(*database_->integer("SELECT count(*) FROM t"), 1);
}

TEST_F(DatabaseTest, SnapshotsAreOfOneMoment) {
  ASSERT_TRUE(database_->execute("PRAGMA journal_mode = WAL"));
  auto other = Database::open(database_->path());
  {
    const auto snapshot = Snapshot::begin(*database_);
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(*database_->integer("SELECT count(*) FROM t"), 0);
    ASSERT_TRUE(other->execute("INSERT INTO t VALUES (1, 1)"));
    EXPECT_EQ(*database_->integer("SELECT count(*) FROM t"), 0);
  }
  EXPECT_EQ(*database_->integer("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(other->last_id(), 1);
}

TEST_F(DatabaseTest, ReadsAloneWhereNothingElseIsAsked) {
  const std::string path = database_->path();
  auto reader = Database::open_read_only("file:" + path + "?mode=ro", path);
  ASSERT_TRUE(reader) << reader.error().message();
  EXPECT_EQ(*reader->integer("SELECT count(*) FROM t"), 0);
  EXPECT_FALSE(reader->execute("INSERT INTO t VALUES (1, 1)"));
}

TEST_F(DatabaseTest, CountsAreNeverBelowZero) {
  auto select = database_->prepare("SELECT -5, 7, 'x'");
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->count(0), 0u);
  EXPECT_EQ(select->count(1), 7u);
  EXPECT_EQ(select->count(2), 0u);
}

}  // namespace
}  // namespace mogura::store::detail
