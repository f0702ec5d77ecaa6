#pragma once

// Sessions and alerts on their way into the database. They are kept as rows in memory until flush() has
// written them in one transaction, so that a failed transaction can be tried again. One thread; the database
// must outlive it.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "report/alert.h"
#include "session/session.h"
#include "store/detail/database.h"
#include "store/store.h"

namespace mogura::store::detail {

inline std::int64_t to_microseconds(Timestamp time) {
  return std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch()).count();
}

struct SessionRow {
  std::int64_t start_us = 0, end_us = 0;
  std::string session_id, client, destination, user_agent, sni, ja4, line;
  std::string_view kind, inner_protocol;  // of static names
  bool user_agent_seen = false;
  std::array<std::uint64_t, 2> exchanges{}, bytes{};
};

class Writer {
 public:
  static Result<Writer> make(Database& database);

  Result<void> add(const session::Session& session);
  Result<void> add(const report::Alert& alert);
  Result<void> flush();
  [[nodiscard]] bool is_waiting(const std::string& alert_id) const { return waiting_ids_.contains(alert_id); }
  // An error of another transaction of the same file.
  void count_failure() { ++counters_.failed_writes; }
  [[nodiscard]] const StoreCounters& counters() const { return counters_; }

 private:
  explicit Writer(Database& database) : database_(&database) {}
  [[nodiscard]] bool is_batch_full() const;
  Result<void> flush_if_full();
  Result<void> write_all(StoreCounters& written);
  Result<void> write(const SessionRow& row);
  Result<void> write(const report::Alert& alert);
  void drop_oldest();

  Database* database_;
  Statement insert_session_, insert_alert_;
  std::deque<SessionRow> sessions_;
  std::deque<report::Alert> alerts_;
  std::unordered_set<std::string> waiting_ids_;  // of alerts_
  std::size_t line_bytes_ = 0;                   // of sessions_
  bool has_failed_ = false;                      // the last flush did
  StoreCounters counters_;
};

}  // namespace mogura::store::detail
