#pragma once

// Verdicts, counts of the challenge's states and reports of sensors, on their way into the database: kept
// until they have been written, counts of one row put together. One thread; the database must outlive it.

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "report/archive.h"
#include "store/detail/database.h"
#include "store/detail/key.h"

namespace mogura::store::detail {

class ChallengeRows {
 public:
  static Result<ChallengeRows> make(Database& database);

  void add(const report::VerdictRow& verdict);
  void add(const report::ChallengeHour& counted);
  void put(const report::Sensor& sensor);

  [[nodiscard]] std::size_t size() const { return verdicts_.size() + counts_.size() + sensors_.size(); }
  // Inside a transaction. What was beyond kChallengeRows is counted in `lost`.
  Result<void> write(std::uint64_t& lost);
  // After the transaction: written, or to be tried again.
  void clear();
  void forget_counts_of_hours() { rows_of_hour_.clear(); }
  // Down to `most` of each; how many went.
  std::uint64_t drop_beyond(std::size_t most);

 private:
  explicit ChallengeRows(Database& database) : database_(&database) {}
  Result<void> write(const report::VerdictRow& verdict);
  Result<void> write(const report::ChallengeHour& counted, std::uint64_t& lost);
  Result<bool> count_up(std::int64_t hour, Key row_key, const report::ChallengeHour& counted);
  Result<void> insert(std::int64_t hour, Key row_key, const report::ChallengeHour& counted);
  Result<void> write(const report::Sensor& sensor);
  Result<void> see_client(Key key, std::string_view client, std::string_view user_agent, std::int64_t time);
  Result<std::uint64_t*> rows_of(std::int64_t hour);

  Database* database_;
  Statement put_verdict_, count_up_, put_count_, put_sensor_, see_client_, rows_of_hour_statement_;
  std::deque<report::VerdictRow> verdicts_;
  std::unordered_map<Key, report::ChallengeHour> counts_;  // by hour and row
  std::map<std::string, report::Sensor> sensors_;
  std::map<std::int64_t, std::uint64_t> rows_of_hour_;  // of the hours written to last
};

// Takes the latest verdict of each host (of the last kVerdictsWeighed) and puts the one that says most into
// the client's row.
inline constexpr std::int64_t kVerdictsWeighed = 1000;
Result<void> weigh_verdicts(Database& database, const std::set<Key>& client_keys);

// How much a verdict says; more is more.
[[nodiscard]] int weight_of(std::string_view verdict);

}  // namespace mogura::store::detail
