#pragma once

// SQLite as values: a connection and its statements, with errors as Result. One thread.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace mogura::store::detail {

class Statement {
 public:
  Statement() = default;
  Statement(sqlite3_stmt* statement, std::string place) : statement_(statement), place_(std::move(place)) {}

  // Parameters count from 1. Texts must outlive the step().
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::int64_t number);
  Statement& bind(int parameter, std::uint64_t number);  // above 2^63-1: that
  Statement& bind(int parameter, double number);
  Statement& bind_null(int parameter);

  // True: there is a row. After false or an error the statement is ready to be bound and stepped again.
  Result<bool> step();
  // For statements without rows.
  Result<void> run();
  void reset();

  // Columns count from 0. The text is valid until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t count(int column) const;  // below zero: 0
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string place_;
};

class Database {
 public:
  // An existing file, for reading and writing.
  static Result<Database> open(const std::string& path);
  // The same for reading alone, by its URI; `path` names it in errors.
  static Result<Database> open_read_only(const std::string& uri, const std::string& path);

  Result<void> execute(const char* sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  // The first column of the first row; 0 where there is none.
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql) const;
  // Rows that the last statement changed.
  [[nodiscard]] std::uint64_t changes() const;
  // The id of the row inserted last.
  [[nodiscard]] std::int64_t last_id() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  static Result<Database> open_as(const std::string& name, const std::string& path, int flags);
  Database(sqlite3* connection, std::string path) : connection_(connection), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Close> connection_;
  std::string path_;
};

// A write transaction: commit() or, without it, back to where it began.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  ~Transaction();
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;

  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// All that is read during its life is of one moment, whatever others write.
class Snapshot {
 public:
  static Result<Snapshot> begin(Database& database);
  ~Snapshot();
  Snapshot(Snapshot&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;

 private:
  explicit Snapshot(Database& database) : database_(&database) {}
  Database* database_;
};

// Of a result code of SQLite (basic or extended).
[[nodiscard]] Error error_of(int code, sqlite3* connection, const std::string& place);

}  // namespace mogura::store::detail
