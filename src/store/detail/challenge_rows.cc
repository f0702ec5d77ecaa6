#include "store/detail/challenge_rows.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "report/json_writer.h"
#include "store/detail/stored_time.h"
#include "store/store.h"

namespace mogura::store::detail {
namespace {

// Sensors that wait at once; more are a mistake.
constexpr std::size_t kWaitingSensors = 64;
// Hours whose rows are known.
constexpr std::size_t kKnownHours = 48;

using report::JsonWriter;

Key key_of_client(std::string_view client, std::string_view user_agent) {
  return client_key_of(client, user_agent.empty() ? std::nullopt : std::optional(user_agent));
}

Key row_key_of(const report::ChallengeHour& counted) {
  return key_of({counted.client, counted.user_agent, counted.host, counted.state});
}

std::string json_of(const std::vector<std::string>& texts) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
  return out;
}

std::string json_of(const std::vector<report::Counter>& counters) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLine);
  json.begin_object();
  for (const auto& [name, count] : counters) {
    json.untrusted_key(name);
    json.value(std::min<std::uint64_t>(count, std::numeric_limits<std::int64_t>::max()));
  }
  json.end_object();
  return out;
}

struct Weighed {
  std::string verdict{};
  double score = 0;
  std::int64_t time_us = 0;
};

bool says_more(const Weighed& one, const Weighed& other) {
  const int weight = weight_of(one.verdict), other_weight = weight_of(other.verdict);
  return weight != other_weight ? weight > other_weight : one.score > other.score;
}

// `select`: verdict, score, time_us, host of a client_key, newest first.
Result<Weighed> heaviest(Statement& select, Key client_key) {
  std::set<std::string, std::less<>> hosts;
  Weighed heaviest;
  select.bind(1, client_key).bind(2, kVerdictsWeighed);
  for (;;) {
    const auto row = select.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return heaviest;
    if (!hosts.emplace(select.text(3)).second) continue;
    Weighed found{std::string(select.text(0)), select.real(1), select.integer(2)};
    if (heaviest.verdict.empty() || says_more(found, heaviest)) heaviest = std::move(found);
  }
}

}  // namespace

int weight_of(std::string_view verdict) {
  constexpr std::array<std::string_view, 7> kLightestFirst{"exempt",    "browser", "cookie-jar", "passive",
                                                           "naive-jar", "no-jar",  "tampering"};
  const auto* const found = std::find(kLightestFirst.begin(), kLightestFirst.end(), verdict);
  return found == kLightestFirst.end() ? -1 : static_cast<int>(found - kLightestFirst.begin());
}

Result<void> weigh_verdicts(Database& database, const std::set<Key>& client_keys) {
  if (client_keys.empty()) return {};
  auto select = database.prepare(
      "SELECT verdict, score, time_us, host FROM verdicts WHERE client_key = ?"
      " ORDER BY time_us DESC, id DESC LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  auto update =
      database.prepare("UPDATE clients SET verdict = ?, score = ?, verdict_us = ? WHERE client_key = ?");
  if (!update) return tl::unexpected(update.error());
  for (const Key key : client_keys) {
    const auto found = heaviest(*select, key);
    if (!found) return tl::unexpected(found.error());
    update->bind(1, found->verdict).bind(2, found->score).bind(3, found->time_us).bind(4, key);
    if (auto done = update->run(); !done) return done;
  }
  return {};
}

Result<ChallengeRows> ChallengeRows::make(Database& database) {
  ChallengeRows rows(database);
  const struct {
    Statement* statement;
    const char* sql;
  } statements[] = {
      {&rows.put_verdict_,
       "INSERT INTO verdicts (time_us, client_key, client, user_agent, host, verdict, score, evidence)"
       " VALUES (?,?,?,?,?,?,?,?)"},
      {&rows.count_up_,
       "UPDATE challenge_hours SET count = count + ?3,"
       " reason = CASE WHEN ?5 >= last_us THEN ?4 ELSE reason END, last_us = max(last_us, ?5)"
       " WHERE hour = ?1 AND row_key = ?2"},
      {&rows.put_count_,
       "INSERT INTO challenge_hours (hour, row_key, client_key, client, user_agent, host, state, reason,"
       " count, last_us) VALUES (?,?,?,?,?,?,?,?,?,?)"},
      {&rows.put_sensor_, "INSERT OR REPLACE INTO sensors VALUES (?,?,?,?,?,?,?,?,?)"},
      {&rows.see_client_,
       "INSERT INTO clients (client_key, client, user_agent, sessions, bytes_up, bytes_down, first_us,"
       " last_us) VALUES (?1, ?2, nullif(?3, ''), 0, 0, 0, ?4, ?4) ON CONFLICT (client_key) DO UPDATE SET"
       " first_us = min(first_us, ?4), last_us = max(last_us, ?4)"},
      {&rows.rows_of_hour_statement_, "SELECT count(*) FROM challenge_hours WHERE hour = ?"},
  };
  for (const auto& row : statements) {
    auto prepared = database.prepare(row.sql);
    if (!prepared) return tl::unexpected(prepared.error());
    *row.statement = *std::move(prepared);
  }
  return rows;
}

void ChallengeRows::add(const report::VerdictRow& verdict) {
  verdicts_.push_back(verdict);
}

void ChallengeRows::add(const report::ChallengeHour& counted) {
  const std::int64_t hour = hour_of(to_microseconds(counted.last));
  const Key key = row_key_of(counted) ^ (hour << 32);
  const auto [found, is_new] = counts_.try_emplace(key, counted);
  report::ChallengeHour& sum = found->second;
  if (is_new) return;
  sum.count += counted.count;
  if (counted.last < sum.last) return;
  sum.last = counted.last;
  sum.reason = counted.reason;
}

void ChallengeRows::put(const report::Sensor& sensor) {
  if (sensors_.size() < kWaitingSensors || sensors_.contains(sensor.sensor_id))
    sensors_[sensor.sensor_id] = sensor;
}

Result<void> ChallengeRows::write(std::uint64_t& lost) {
  std::set<Key> judged;
  for (const report::VerdictRow& verdict : verdicts_) {
    if (auto done = write(verdict); !done) return done;
    judged.insert(key_of_client(verdict.client, verdict.user_agent));
  }
  if (auto done = weigh_verdicts(*database_, judged); !done) return done;
  for (const auto& [key, counted] : counts_) {
    if (auto done = write(counted, lost); !done) return done;
  }
  for (const auto& [id, sensor] : sensors_) {
    if (auto done = write(sensor); !done) return done;
  }
  return {};
}

void ChallengeRows::clear() {
  verdicts_.clear();
  counts_.clear();
  sensors_.clear();
}

std::uint64_t ChallengeRows::drop_beyond(std::size_t most) {
  std::uint64_t lost = 0;
  for (; verdicts_.size() > most; ++lost) verdicts_.pop_front();
  for (; counts_.size() > most; ++lost) counts_.erase(counts_.begin());
  return lost;
}

Result<void> ChallengeRows::see_client(Key key, std::string_view client, std::string_view user_agent,
                                       std::int64_t time) {
  return see_client_.bind(1, key).bind(2, client).bind(3, user_agent).bind(4, time).run();
}

Result<void> ChallengeRows::write(const report::VerdictRow& verdict) {
  const Key key = key_of_client(verdict.client, verdict.user_agent);
  const std::int64_t time = to_microseconds(verdict.time);
  if (auto done = see_client(key, verdict.client, verdict.user_agent, time); !done) return done;
  const std::string evidence = json_of(verdict.evidence);
  put_verdict_.bind(1, time).bind(2, key).bind(3, verdict.client).bind(4, verdict.user_agent);
  put_verdict_.bind(5, verdict.host).bind(6, verdict.verdict).bind(7, verdict.score).bind(8, evidence);
  return put_verdict_.run();
}

Result<std::uint64_t*> ChallengeRows::rows_of(std::int64_t hour) {
  if (const auto known = rows_of_hour_.find(hour); known != rows_of_hour_.end()) return &known->second;
  const auto row = rows_of_hour_statement_.bind(1, hour).step();
  if (!row) return tl::unexpected(row.error());
  const auto rows = static_cast<std::uint64_t>(rows_of_hour_statement_.integer(0));
  rows_of_hour_statement_.reset();
  if (rows_of_hour_.size() == kKnownHours) rows_of_hour_.erase(rows_of_hour_.begin());
  return &(rows_of_hour_[hour] = rows);
}

// False: there is no such row yet.
Result<bool> ChallengeRows::count_up(std::int64_t hour, Key row_key, const report::ChallengeHour& counted) {
  count_up_.bind(1, hour).bind(2, row_key).bind(3, counted.count).bind(4, counted.reason);
  if (auto done = count_up_.bind(5, to_microseconds(counted.last)).run(); !done)
    return tl::unexpected(done.error());
  return database_->changes() != 0;
}

Result<void> ChallengeRows::insert(std::int64_t hour, Key row_key, const report::ChallengeHour& counted) {
  const Key client_key = key_of_client(counted.client, counted.user_agent);
  put_count_.bind(1, hour).bind(2, row_key).bind(3, client_key).bind(4, counted.client);
  put_count_.bind(5, counted.user_agent).bind(6, counted.host).bind(7, counted.state);
  put_count_.bind(8, counted.reason).bind(9, counted.count).bind(10, to_microseconds(counted.last));
  return put_count_.run();
}

Result<void> ChallengeRows::write(const report::ChallengeHour& counted, std::uint64_t& lost) {
  const std::int64_t last = to_microseconds(counted.last);
  const std::int64_t hour = hour_of(last);
  const auto rows = rows_of(hour);
  if (!rows) return tl::unexpected(rows.error());
  const Key key = row_key_of(counted);
  if (const auto is_counted = count_up(hour, key, counted); !is_counted || *is_counted)
    return is_counted ? Result<void>{} : tl::unexpected(is_counted.error());
  // A full hour takes no more hosts, but still clients.
  if (**rows >= kChallengeRows && !counted.host.empty()) {
    report::ChallengeHour elsewhere = counted;
    elsewhere.host.clear();
    return write(elsewhere, lost);
  }
  if (**rows >= 2 * kChallengeRows) {
    ++lost;
    return {};
  }
  const Key client_key = key_of_client(counted.client, counted.user_agent);
  if (auto done = see_client(client_key, counted.client, counted.user_agent, last); !done) return done;
  ++**rows;
  return insert(hour, key, counted);
}

Result<void> ChallengeRows::write(const report::Sensor& sensor) {
  const std::string counters = json_of(sensor.counters);
  put_sensor_.bind(1, sensor.sensor_id).bind(2, sensor.kind).bind(3, sensor.host).bind(4, sensor.input);
  put_sensor_.bind(5, sensor.version).bind(6, to_microseconds(sensor.started));
  put_sensor_.bind(7, to_microseconds(sensor.seen)).bind(8, std::int64_t{sensor.has_ended});
  return put_sensor_.bind(9, counters).run();
}

}  // namespace mogura::store::detail
