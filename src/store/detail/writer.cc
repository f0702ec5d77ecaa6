#include "store/detail/writer.h"

#include "population/groups.h"
#include "report/session_line.h"

namespace mogura::store::detail {
namespace {

SessionRow row_of(const session::Session& session) {
  SessionRow row;
  row.start_us = to_microseconds(session.start);
  row.end_us = to_microseconds(session.end);
  row.session_id = session::session_id(session);
  row.client = population::client_of(session);
  row.destination = session.destination;
  row.user_agent = session.user_agent;
  row.user_agent_seen = session.user_agent_seen;
  row.sni = session.sni;
  row.ja4 = session.ja4;
  row.kind = session::name_of(session.kind);
  row.inner_protocol = protocol::name_of(session.inner);
  row.exchanges = session.exchanges;
  row.bytes = session.bytes;
  report::write_session_line(session, {}, row.line);
  row.line.pop_back();  // its line feed
  return row;
}

}  // namespace

Result<Writer> Writer::make(Database& database) {
  Writer writer(database);
  auto session = database.prepare(
      "INSERT INTO sessions (session_id, start_us, end_us, client, destination, kind, user_agent, sni, ja4,"
      " inner_protocol, exchanges_up, exchanges_down, bytes_up, bytes_down, line)"
      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING");
  if (!session) return tl::unexpected(session.error());
  auto alert = database.prepare(
      "INSERT INTO alerts (alert_id, time_us, kind, severity, pattern_id, finding_id, session_id, "
      "destination,"
      " line) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING");
  if (!alert) return tl::unexpected(alert.error());
  writer.insert_session_ = *std::move(session);
  writer.insert_alert_ = *std::move(alert);
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

bool Writer::is_batch_full() const {
  return sessions_.size() + alerts_.size() >= kBatchRows || line_bytes_ >= kBatchBytes;
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
  if (sessions_.empty() && alerts_.empty()) return {};
  StoreCounters written;
  if (auto done = write_all(written); !done) {
    has_failed_ = true;
    ++counters_.failed_writes;
    drop_oldest();
    return done;
  }
  has_failed_ = false;
  ++counters_.commits;
  counters_.sessions += written.sessions;
  counters_.alerts += written.alerts;
  sessions_.clear();
  alerts_.clear();
  waiting_ids_.clear();
  line_bytes_ = 0;
  return {};
}

Result<void> Writer::write_all(StoreCounters& written) {
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return tl::unexpected(transaction.error());
  for (const SessionRow& row : sessions_) {
    if (auto done = write(row); !done) return done;
    written.sessions += database_->changes();
  }
  for (const report::Alert& alert : alerts_) {
    if (auto done = write(alert); !done) return done;
    written.alerts += database_->changes();
  }
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
}

}  // namespace mogura::store::detail
