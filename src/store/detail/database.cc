#include "store/detail/database.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace mogura::store::detail {

Error error_of(int code, sqlite3* connection, const std::string& place) {
  const int basic = code & 0xFF;
  const bool is_damaged = basic == SQLITE_NOTADB || basic == SQLITE_CORRUPT;
  std::string cause = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  if (basic == SQLITE_NOTADB) cause = "is no SQLite database";
  if (basic == SQLITE_CORRUPT) cause = "the database is damaged";
  return {is_damaged ? ErrorCode::kFormat : ErrorCode::kIo, place, std::move(cause)};
}

Statement& Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  sqlite3_bind_text64(statement_.get(), parameter, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
  return *this;
}

Statement& Statement::bind(int parameter, std::uint64_t number) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return bind(parameter, std::in_range<std::int64_t>(number) ? static_cast<std::int64_t>(number) : kMost);
}

Statement& Statement::bind(int parameter, double number) {
  sqlite3_bind_double(statement_.get(), parameter, number);
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  sqlite3_bind_null(statement_.get(), parameter);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = error_of(code, sqlite3_db_handle(statement_.get()), place_);
  reset();
  return tl::unexpected(std::move(error));
}

Result<void> Statement::run() {
  const auto stepped = step();
  reset();
  if (!stepped) return tl::unexpected(stepped.error());
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::string_view Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::uint64_t Statement::count(int column) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(integer(column), 0));
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open_as(const std::string& name, const std::string& path, int flags) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &connection,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(connection, path);  // also what could not be opened is to be closed
  if (code != SQLITE_OK) return tl::unexpected(error_of(code, connection, path));
  return database;
}

Result<Database> Database::open(const std::string& path) {
  return open_as(path, path, SQLITE_OPEN_READWRITE);
}

Result<Database> Database::open_read_only(const std::string& uri, const std::string& path) {
  return open_as(uri, path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<void> Database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(code, connection_.get(), path_));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(code, connection_.get(), path_));
  return Statement(statement, path_);
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

std::uint64_t Database::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(connection_.get()));
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
  // IMMEDIATE: waits for other writers now, not in the middle.
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
  return Transaction(database);
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself.
  if (database_ == nullptr || sqlite3_get_autocommit(database_->handle()) != 0) return;
  (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

Result<Snapshot> Snapshot::begin(Database& database) {
  if (auto begun = database.execute("BEGIN"); !begun) return tl::unexpected(begun.error());
  return Snapshot(database);
}

Snapshot::~Snapshot() {
  if (database_ == nullptr || sqlite3_get_autocommit(database_->handle()) != 0) return;
  (void)database_->execute("ROLLBACK");  // of nothing
}

}  // namespace mogura::store::detail
