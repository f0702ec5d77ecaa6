#pragma once

// Sessions, alerts and what the challenge said, on their way into the database. They are kept as rows in
// memory until flush() has written them in one transaction, with the sums that they change, so that a failed
// transaction can be tried again. One thread; the database must outlive it.

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>

#include "report/alert.h"
#include "report/archive.h"
#include "session/session.h"
#include "store/detail/challenge_rows.h"
#include "store/detail/database.h"
#include "store/detail/rollup.h"
#include "store/detail/session_row.h"
#include "store/store.h"

namespace mogura::store::detail {

class Writer {
 public:
  static Result<Writer> make(Database& database);

  Result<void> add(const session::Session& session);
  Result<void> add(const report::Alert& alert);
  Result<void> add(const report::VerdictRow& verdict);
  Result<void> add(const report::ChallengeHour& counted);
  Result<void> put(const report::Sensor& sensor);
  Result<void> flush();
  [[nodiscard]] bool is_waiting(const std::string& alert_id) const { return waiting_ids_.contains(alert_id); }
  // An error of another transaction of the same file.
  void count_failure() { ++counters_.failed_writes; }
  [[nodiscard]] const StoreCounters& counters() const { return counters_; }

 private:
  Writer(Database& database, Rollup rollup, ChallengeRows challenge)
      : database_(&database), rollup_(std::move(rollup)), challenge_(std::move(challenge)) {}
  [[nodiscard]] bool is_batch_full() const;
  Result<void> flush_if_full();
  Result<void> write_all(StoreCounters& written);
  Result<void> write(const SessionRow& row);
  Result<void> write_keys(const SessionRow& row);
  Result<void> write(const report::Alert& alert);
  void drop_oldest();
  void clear();

  Database* database_;
  Statement insert_session_, insert_keys_, insert_alert_;
  Rollup rollup_;
  ChallengeRows challenge_;
  std::deque<SessionRow> sessions_;
  std::deque<report::Alert> alerts_;
  std::unordered_set<std::string> waiting_ids_;  // of alerts_
  std::size_t line_bytes_ = 0;                   // of sessions_
  bool has_failed_ = false;                      // the last flush did
  StoreCounters counters_;
};

}  // namespace mogura::store::detail
