#include "store/detail/open.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "store/detail/schema.h"
#include "store/store.h"

namespace mogura::store::detail {
namespace {

// WAL with NORMAL: a commit is one write without waiting for the disk. After a power failure the last commits
// may be missing, the file is whole. 16 MB of log between checkpoints, 32 MB of cache.
constexpr const char* kSettings =
    "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;"
    "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";

constexpr std::chrono::milliseconds kRetryAfter{10};

// SQLite waits for others by itself, but not with this.
Result<void> use_wal(Database& database) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kOpenTimeoutMs);
  while (true) {
    auto done = database.execute("PRAGMA journal_mode = WAL");
    const bool is_busy = !done && (sqlite3_errcode(database.handle()) & 0xFF) == SQLITE_BUSY;
    if (!is_busy || std::chrono::steady_clock::now() >= deadline) return done;
    std::this_thread::sleep_for(kRetryAfter);
  }
}

// Services that start together make the file together.
Result<void> set_up(Database& database) {
  sqlite3_busy_timeout(database.handle(), kOpenTimeoutMs);
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (auto done = check_schema(database, migrations().size()); !done) return done;
  // From here on the file is ours, and may be written.
  if (auto done = use_wal(database); !done) return done;
  if (auto done = database.execute(kSettings); !done) return done;
  if (auto done = migrate(database, migrations()); !done) return done;
  sqlite3_busy_timeout(database.handle(), kBusyTimeoutMs);
  return {};
}

}  // namespace

// Only what does not exist: closing a descriptor of a file that SQLite has open in this process would drop
// its locks. -wal and -shm take over the mode.
Result<void> create_if_missing(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
  } else if (errno != EEXIST) {
    return fail(ErrorCode::kIo, path, std::strerror(errno));
  }
  return {};
}

Result<Database> open_ours(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return database;
  if (auto done = set_up(*database); !done) return tl::unexpected(done.error());
  return database;
}

}  // namespace mogura::store::detail
