#include "store/detail/rollup.h"

#include <algorithm>

#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

bool is_analysed(const SessionRow& row) {
  return (row.kind == "connect" || row.kind == "ssl") && row.exchanges[0] >= kAnalysedExchanges &&
         row.exchanges[1] >= kAnalysedExchanges;
}

}  // namespace

Result<Rollup> Rollup::make(Database& database) {
  Rollup rollup;
  auto hour = database.prepare(
      "INSERT INTO hours VALUES (?,?,?,?,?,?) ON CONFLICT (hour, kind) DO UPDATE SET"
      " sessions = sessions + excluded.sessions, bytes_up = bytes_up + excluded.bytes_up,"
      " bytes_down = bytes_down + excluded.bytes_down, analysed = analysed + excluded.analysed");
  if (!hour) return tl::unexpected(hour.error());
  auto client = database.prepare(
      "INSERT INTO clients (client_key, client, user_agent, sessions, bytes_up, bytes_down, first_us,"
      " last_us) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (client_key) DO UPDATE SET"
      " sessions = sessions + excluded.sessions, bytes_up = bytes_up + excluded.bytes_up,"
      " bytes_down = bytes_down + excluded.bytes_down, first_us = min(first_us, excluded.first_us),"
      " last_us = max(last_us, excluded.last_us)");
  if (!client) return tl::unexpected(client.error());
  rollup.put_hour_ = *std::move(hour);
  rollup.put_client_ = *std::move(client);
  return rollup;
}

void Rollup::add(const SessionRow& row) {
  Hour& hour = hours_[{hour_of(row.end_us), row.kind}];
  Client& client = clients_[row.client_key];
  if (client.row == nullptr) client = {&row, 0, {}, row.start_us, row.end_us};
  ++hour.sessions;
  ++client.sessions;
  if (is_analysed(row)) ++hour.analysed;
  for (std::size_t i = 0; i < row.bytes.size(); ++i) {
    hour.bytes[i] += row.bytes[i];
    client.bytes[i] += row.bytes[i];
  }
  client.first_us = std::min(client.first_us, row.start_us);
  client.last_us = std::max(client.last_us, row.end_us);
}

Result<void> Rollup::write() {
  for (const auto& [of, hour] : hours_) {
    put_hour_.bind(1, of.first).bind(2, of.second).bind(3, hour.sessions);
    put_hour_.bind(4, hour.bytes[0]).bind(5, hour.bytes[1]).bind(6, hour.analysed);
    if (auto done = put_hour_.run(); !done) return done;
  }
  for (const auto& [key, client] : clients_) {
    put_client_.bind(1, key).bind(2, client.row->client);
    if (client.row->user_agent_seen) {
      put_client_.bind(3, client.row->user_agent);
    } else {
      put_client_.bind_null(3);
    }
    put_client_.bind(4, client.sessions).bind(5, client.bytes[0]).bind(6, client.bytes[1]);
    if (auto done = put_client_.bind(7, client.first_us).bind(8, client.last_us).run(); !done) return done;
  }
  return {};
}

void Rollup::clear() {
  hours_.clear();
  clients_.clear();
}

}  // namespace mogura::store::detail
