#include "store/examination.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include "store/detail/database.h"
#include "store/detail/schema.h"
#include "store/store.h"

namespace mogura::store {
namespace {

constexpr int kStepsBetweenLooks = 10'000;
// A file that was written less than this ago may still be in the making; looked at so often, at most.
constexpr std::chrono::seconds kSettled{1};
constexpr std::chrono::milliseconds kBetweenLooks{50};
constexpr int kLooks = 40;
using SteadyTime = std::chrono::steady_clock::time_point;

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

// RFC 3986: what would be read as the end of the path in a URI.
std::string uri_of(const std::string& path, bool is_left_alone) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr const char* kDigits = "0123456789ABCDEF";
      uri += {'%', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
    } else {
      uri += c;
    }
  }
  return uri + (is_left_alone ? "?immutable=1" : "?mode=ro");
}

struct Close {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, Close>;
using Rows = std::unique_ptr<sqlite3_stmt, Close>;

// With a log or an index of one beside it, somebody has it open, or was killed. Without, nothing need be made
// to read it; but then SQLite looks at no lock, and who is just making the file, or the last to close it, may
// change it meanwhile (looks_unfinished()).
Result<Connection> open_to_read(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return fail(ErrorCode::kIo, path, error ? error.message() : "No such file or directory");
  }
  const bool has_log = size_of(path + "-wal") != 0 || std::filesystem::exists(path + "-shm", error);
  sqlite3* opened = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(uri_of(path, !has_log).c_str(), &opened, kFlags, nullptr);
  Connection connection(opened);  // also what could not be opened is to be closed
  if (code != SQLITE_OK) return tl::unexpected(detail::error_of(code, opened, path));
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  return connection;
}

// The first row; nothing in it where there is none.
Result<Rows> first_row(const Connection& connection, const std::string& path, const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  int code = sqlite3_prepare_v2(connection.get(), sql, -1, &prepared, nullptr);
  Rows rows(prepared);
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if (code == SQLITE_DONE) return Rows();
  if (code != SQLITE_ROW) return tl::unexpected(detail::error_of(code, connection.get(), path));
  return rows;
}

Result<std::uint64_t> number(const Connection& connection, const std::string& path, const char* sql) {
  const auto row = first_row(connection, path, sql);
  if (!row) return tl::unexpected(row.error());
  const std::int64_t value = *row ? sqlite3_column_int64(row->get(), 0) : 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

std::string text_of(const Rows& row) {
  const unsigned char* const bytes = sqlite3_column_text(row.get(), 0);
  return bytes == nullptr ? std::string() : reinterpret_cast<const char*>(bytes);
}

std::optional<Timestamp> time_of(const Rows& row, int column) {
  if (sqlite3_column_type(row.get(), column) == SQLITE_NULL) return std::nullopt;
  return Timestamp(std::chrono::microseconds(sqlite3_column_int64(row.get(), column)));
}

// Whose it is, and of which schema.
Result<void> read_schema(const Connection& connection, const std::string& path, Examination& found) {
  // Of one moment: a service may just be making the tables. On errors, the connection ends with us.
  if (const auto begun = first_row(connection, path, "BEGIN"); !begun) return tl::unexpected(begun.error());
  const auto version = number(connection, path, "PRAGMA user_version");
  const auto application = number(connection, path, "PRAGMA application_id");
  const auto objects = number(connection, path, "SELECT count(*) FROM sqlite_schema");
  for (const auto* result : {&version, &application, &objects}) {
    if (!*result) return tl::unexpected(result->error());
  }
  if (const auto ended = first_row(connection, path, "ROLLBACK"); !ended)
    return tl::unexpected(ended.error());
  found.schema = *version;
  found.known_schema = detail::migrations().size();
  const bool is_empty = *version == 0 && *application == 0 && *objects == 0;
  if (!is_empty && *application != static_cast<std::uint64_t>(detail::kApplicationId)) {
    return fail(ErrorCode::kFormat, path, "is a database of another program");
  }
  if (found.schema <= found.known_schema) return {};
  return fail(ErrorCode::kUnsupported, path,
              "was written by a newer version: its schema is " + std::to_string(found.schema) +
                  ", this one knows " + std::to_string(found.known_schema));
}

bool read_sessions(const Connection& connection, const std::string& path, Examination& found) {
  const auto row = first_row(connection, path, "SELECT count(*), min(end_us), max(end_us) FROM sessions");
  if (!row || !*row) return false;
  found.sessions = static_cast<std::uint64_t>(sqlite3_column_int64(row->get(), 0));
  found.first = time_of(*row, 1);
  found.last = time_of(*row, 2);
  return true;
}

void read_author(const Connection& connection, const std::string& path, Examination& found) {
  const auto row = first_row(connection, path, "SELECT value FROM meta WHERE key = 'analysed_by'");
  if (row && *row) found.analysed_by = text_of(*row);
}

// Stops SQLite when the time is over.
void limit_time(const Connection& connection, SteadyTime& deadline) {
  const auto is_over = [](void* until) {
    return std::chrono::steady_clock::now() >= *static_cast<SteadyTime*>(until) ? 1 : 0;
  };
  sqlite3_progress_handler(connection.get(), kStepsBetweenLooks, is_over, &deadline);
}

// False: it was interrupted.
bool look_for_damage(const Connection& connection, const std::string& path, Examination& found) {
  const auto row = first_row(connection, path, "PRAGMA quick_check(1)");
  if (row && *row && text_of(*row) != "ok") found.damage = text_of(*row);
  const bool is_damaged = !row && row.error().code == ErrorCode::kFormat;
  if (is_damaged) found.damage = row.error().cause;
  return row || is_damaged;
}

bool was_just_written(const std::string& path) {
  std::error_code error;
  const auto written = std::filesystem::last_write_time(path, error);
  const auto age = std::filesystem::file_time_type::clock::now() - written;
  return !error && age < kSettled && age > -kSettled;
}

// No database of ours, or damaged, as it would be in the midst of being made or of taking in its log.
bool looks_unfinished(const Result<Examination>& found) {
  return found ? !found->damage.empty() : found.error().code == ErrorCode::kFormat;
}

Result<Examination> look(const std::string& path, std::chrono::milliseconds patience) {
  const auto connection = open_to_read(path);
  if (!connection) return tl::unexpected(connection.error());
  Examination found;
  if (const auto read = read_schema(*connection, path, found); !read) return tl::unexpected(read.error());
  found.bytes = size_of(path);
  found.log_bytes = size_of(path + "-wal");
  if (found.schema == 0) return found;  // made, and nothing in it yet
  SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  limit_time(*connection, deadline);
  found.is_whole = look_for_damage(*connection, path, found);
  found.is_whole = read_sessions(*connection, path, found) && found.is_whole;
  sqlite3_progress_handler(connection->get(), 0, nullptr, nullptr);
  read_author(*connection, path, found);
  return found;
}

}  // namespace

Result<Examination> examine_database(const std::string& path, std::chrono::milliseconds patience) {
  Result<Examination> found = look(path, patience);
  for (int looks = 1; looks < kLooks && looks_unfinished(found) && was_just_written(path); ++looks) {
    std::this_thread::sleep_for(kBetweenLooks);
    found = look(path, patience);
  }
  return found;
}

std::string sqlite_version() {
  return sqlite3_libversion();
}

}  // namespace mogura::store
