#pragma once

// A look at a database without changing it: nothing is created, migrated or checkpointed. For `mogura
// doctor`; the programs that write it may be running. Any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace mogura::store {

struct Examination {
  std::uint64_t schema = 0, known_schema = 0;  // a smaller one is brought up to date by whoever writes next
  std::uint64_t bytes = 0, log_bytes = 0;      // of the file, and of its write-ahead log
  std::uint64_t sessions = 0;
  std::optional<Timestamp> first, last;  // ends of sessions
  std::string damage;                    // what SQLite's quick_check says; empty: nothing
  bool is_whole = true;                  // false: not all was looked at within the time
  std::string analysed_by;               // version of the program that made the last analysis; empty: none
};

// Looks for damage for `patience` at most. Errors: kIo (is not there, cannot be read), kFormat (no database,
// or another program's), kUnsupported (a newer schema).
Result<Examination> examine_database(const std::string& path, std::chrono::milliseconds patience);
// What it is linked with: "3.40.1".
std::string sqlite_version();

}  // namespace mogura::store
