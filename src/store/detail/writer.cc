#include "store/detail/writer.h"

#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

Statement& bind_key(Statement& statement, int parameter, Key key) {
  return key == kNoKey ? statement.bind_null(parameter) : statement.bind(parameter, key);
}

}  // namespace

Result<Writer> Writer::make(Database& database) {
  auto rollup = Rollup::make(database);
  if (!rollup) return tl::unexpected(rollup.error());
  auto challenge = ChallengeRows::make(database);
  if (!challenge) return tl::unexpected(challenge.error());
  Writer writer(database, *std::move(rollup), *std::move(challenge));
  const struct {
    Statement* statement;
    const char* sql;
  } statements[] = {
      {&writer.insert_session_,
       "INSERT INTO sessions (session_id, start_us, end_us, client, destination, kind, user_agent, sni, ja4,"
       " inner_protocol, exchanges_up, exchanges_down, bytes_up, bytes_down, line)"
       " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"},
      {&writer.insert_keys_, "INSERT INTO session_keys VALUES (?,?,?,?,?,?,?,?,?)"},
      {&writer.insert_alert_,
       "INSERT INTO alerts (alert_id, time_us, kind, severity, pattern_id, finding_id, session_id,"
       " destination, line) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"},
  };
  for (const auto& row : statements) {
    auto prepared = database.prepare(row.sql);
    if (!prepared) return tl::unexpected(prepared.error());
    *row.statement = *std::move(prepared);
  }
  return writer;
}

Result<void> Writer::add(const session::Session& session) {
  sessions_.push_back(row_of(session));
  line_bytes_ += sessions_.back().line.size();
  return flush_if_full();
}

Result<void> Writer::add(const report::Alert& alert) {
  if (!waiting_ids_.insert(alert.alert_id).second) return {};
  alerts_.push_back(alert);
  return flush_if_full();
}

Result<void> Writer::add(const report::VerdictRow& verdict) {
  challenge_.add(verdict);
  return flush_if_full();
}

Result<void> Writer::add(const report::ChallengeHour& counted) {
  challenge_.add(counted);
  return flush_if_full();
}

Result<void> Writer::put(const report::Sensor& sensor) {
  challenge_.put(sensor);
  return flush_if_full();
}

bool Writer::is_batch_full() const {
  return sessions_.size() + alerts_.size() + challenge_.size() >= kBatchRows || line_bytes_ >= kBatchBytes;
}

// Where the last flush failed, the next try is the caller's commit(): not one for every row.
Result<void> Writer::flush_if_full() {
  if (has_failed_) {
    drop_oldest();
    return {};
  }
  return is_batch_full() ? flush() : Result<void>{};
}

Result<void> Writer::flush() {
  if (sessions_.empty() && alerts_.empty() && challenge_.size() == 0) return {};
  StoreCounters written;
  const auto done = write_all(written);
  rollup_.clear();
  if (!done) {
    has_failed_ = true;
    ++counters_.failed_writes;
    challenge_.forget_counts_of_hours();
    drop_oldest();
    return done;
  }
  has_failed_ = false;
  ++counters_.commits;
  counters_.sessions += written.sessions;
  counters_.alerts += written.alerts;
  counters_.lost_rows += written.lost_rows;
  clear();
  return {};
}

void Writer::clear() {
  sessions_.clear();
  alerts_.clear();
  challenge_.clear();
  waiting_ids_.clear();
  line_bytes_ = 0;
}

Result<void> Writer::write_all(StoreCounters& written) {
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return tl::unexpected(transaction.error());
  for (const SessionRow& row : sessions_) {
    if (auto done = write(row); !done) return done;
    if (database_->changes() == 0) continue;
    ++written.sessions;
    if (auto done = write_keys(row); !done) return done;
    rollup_.add(row);
  }
  if (auto done = rollup_.write(); !done) return done;
  for (const report::Alert& alert : alerts_) {
    if (auto done = write(alert); !done) return done;
    written.alerts += database_->changes();
  }
  if (auto done = challenge_.write(written.lost_rows); !done) return done;
  return transaction->commit();
}

Result<void> Writer::write(const SessionRow& row) {
  Statement& insert = insert_session_;
  insert.bind(1, row.session_id).bind(2, row.start_us).bind(3, row.end_us).bind(4, row.client);
  insert.bind(5, row.destination).bind(6, row.kind);
  if (row.user_agent_seen) {
    insert.bind(7, row.user_agent);
  } else {
    insert.bind_null(7);
  }
  insert.bind(8, row.sni).bind(9, row.ja4).bind(10, row.inner_protocol);
  insert.bind(11, row.exchanges[0]).bind(12, row.exchanges[1]).bind(13, row.bytes[0]).bind(14, row.bytes[1]);
  return insert.bind(15, row.line).run();
}

// Of the session inserted last.
Result<void> Writer::write_keys(const SessionRow& row) {
  Statement& insert = insert_keys_;
  insert.bind(1, database_->last_id()).bind(2, row.end_us).bind(3, row.kind).bind(4, row.destination_key);
  insert.bind(5, row.address_key).bind(6, row.user_agent_key);
  bind_key(insert, 7, row.cipher_suites_key);
  bind_key(insert, 8, row.ja4_key);
  return insert.bind(9, row.domain_key).run();
}

Result<void> Writer::write(const report::Alert& alert) {
  const std::string line = report::write_alert_line(alert);
  Statement& insert = insert_alert_;
  insert.bind(1, alert.alert_id).bind(2, to_microseconds(alert.time)).bind(3, report::name_of(alert.kind));
  insert.bind(4, alert.severity).bind(5, alert.pattern_id).bind(6, alert.finding_id);
  insert.bind(7, alert.session_id).bind(8, alert.destination).bind(9, line);
  return insert.run();
}

void Writer::drop_oldest() {
  for (; sessions_.size() > kWaitingRows; ++counters_.lost_rows) {
    line_bytes_ -= sessions_.front().line.size();
    sessions_.pop_front();
  }
  for (; alerts_.size() > kWaitingRows; ++counters_.lost_rows) {
    waiting_ids_.erase(alerts_.front().alert_id);
    alerts_.pop_front();
  }
  counters_.lost_rows += challenge_.drop_beyond(kWaitingRows);
}

}  // namespace mogura::store::detail
