#include "store/detail/client_rows.h"

#include <optional>
#include <string>

#include "store/detail/key.h"
#include "store/detail/needle.h"
#include "store/detail/page_of.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

using report::ChallengeHour;
using report::ClientRow;
using report::VerdictRow;

// An index for each way in; the rest of the filter is looked at row by row.
std::string clients_sql(const report::ClientFilter& filter) {
  std::string index = "clients_by_last", condition;
  if (!filter.client.empty()) {
    index = "clients_by_client";
    condition = "client = ?3 AND ";
  } else if (!filter.verdict.empty()) {
    index = "clients_by_verdict";
    condition = "verdict <> '' AND verdict = ?3 AND ";
  }
  return "SELECT last_us, client_key, client, user_agent, sessions, bytes_up, bytes_down, first_us, verdict,"
         " score FROM clients INDEXED BY " +
         index + " WHERE " + condition +
         "(last_us, client_key) < (?1, ?2) ORDER BY last_us DESC, client_key DESC";
}

ClientRow client_of(const Statement& row) {
  ClientRow client;
  client.client = row.text(2);
  client.has_user_agent = !row.is_null(3);
  client.user_agent = row.text(3);
  client.sessions = row.count(4);
  client.bytes_up = row.count(5);
  client.bytes_down = row.count(6);
  client.first = from_microseconds(row.integer(7));
  client.last = from_microseconds(row.integer(0));
  client.verdict = row.text(8);
  client.score = row.real(9);
  return client;
}

// A JSON array of texts, as an SQL value.
Result<std::vector<std::string>> texts_of(Statement& each, std::string_view json) {
  std::vector<std::string> texts;
  each.bind(1, json);
  for (;;) {
    const auto row = each.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return texts;
    texts.emplace_back(each.text(0));
  }
}

// ?3 is the client, or its key with the User-Agent.
std::string of_client(std::string_view columns, std::string_view table, std::string_view order,
                      bool has_user_agent) {
  std::string sql = "SELECT ";
  sql.append(order).append(", id, ").append(columns).append(" FROM ").append(table).append(" WHERE ");
  sql += has_user_agent ? "client_key = ?3" : "client = ?3";
  sql.append(" AND (").append(order).append(", id) < (?1, ?2) ORDER BY ").append(order);
  return sql + " DESC, id DESC";
}

Result<Statement> select_of_client(const Database& database, const std::string& sql, const Place& after,
                                   std::string_view client, std::string_view user_agent) {
  auto select = database.prepare(sql);
  if (!select) return select;
  select->bind(1, after.order).bind(2, after.id);
  if (user_agent.empty()) {
    select->bind(3, client);
  } else {
    select->bind(3, client_key_of(client, user_agent));
  }
  return select;
}

}  // namespace

Result<report::Rows<ClientRow>> client_page(const Database& database, const report::ClientFilter& filter,
                                            const report::Page& page) {
  const auto after = read_place('c', page.after);
  if (!after) return tl::unexpected(after.error());
  auto select = database.prepare(clients_sql(filter));
  if (!select) return tl::unexpected(select.error());
  select->bind(1, after->order).bind(2, after->id);
  const std::string& led_by = filter.client.empty() ? filter.verdict : filter.client;
  if (!led_by.empty()) select->bind(3, led_by);
  Needle needle(filter.text);
  const auto take = [&](const Statement& row, std::size_t& looked_at,
                        std::size_t& bytes) -> Result<std::optional<ClientRow>> {
    if (!filter.verdict.empty() && row.text(8) != filter.verdict) return std::nullopt;
    const std::string_view client = row.text(2), user_agent = row.text(3);
    looked_at = client.size() + user_agent.size();
    if (!needle.is_empty() && !needle.is_in(client) && !needle.is_in(user_agent)) return std::nullopt;
    bytes += looked_at;
    return client_of(row);
  };
  return read_page<ClientRow>(*select, 'c', page, kLookedAt, take);
}

Result<report::Rows<VerdictRow>> verdict_page(const Database& database, std::string_view client,
                                              std::string_view user_agent, const report::Page& page) {
  const auto after = read_place('v', page.after);
  if (!after) return tl::unexpected(after.error());
  const std::string sql = of_client("client, user_agent, host, verdict, score, evidence", "verdicts",
                                    "time_us", !user_agent.empty());
  auto select = select_of_client(database, sql, *after, client, user_agent);
  if (!select) return tl::unexpected(select.error());
  auto each = database.prepare("SELECT value FROM json_each(CASE WHEN json_valid(?1) THEN ?1 END)");
  if (!each) return tl::unexpected(each.error());
  const auto take = [&](const Statement& row, std::size_t& /*looked_at*/,
                        std::size_t& bytes) -> Result<std::optional<VerdictRow>> {
    auto evidence = texts_of(*each, row.text(7));
    if (!evidence) return tl::unexpected(evidence.error());
    bytes += row.text(3).size() + row.text(7).size();
    return VerdictRow{from_microseconds(row.integer(0)),
                      std::string(row.text(2)),
                      std::string(row.text(3)),
                      std::string(row.text(4)),
                      std::string(row.text(5)),
                      row.real(6),
                      *std::move(evidence)};
  };
  return read_page<VerdictRow>(*select, 'v', page, kLookedAt, take);
}

Result<report::Rows<ChallengeHour>> challenge_page(const Database& database, std::string_view client,
                                                   std::string_view user_agent, const report::Page& page) {
  const auto after = read_place('h', page.after);
  if (!after) return tl::unexpected(after.error());
  const std::string sql = of_client("last_us, client, user_agent, host, state, reason, count",
                                    "challenge_hours", "hour", !user_agent.empty());
  auto select = select_of_client(database, sql, *after, client, user_agent);
  if (!select) return tl::unexpected(select.error());
  const auto take = [&](const Statement& row, std::size_t& /*looked_at*/,
                        std::size_t& bytes) -> Result<std::optional<ChallengeHour>> {
    bytes += row.text(4).size() + row.text(5).size();
    return ChallengeHour{from_hour(row.integer(0)), from_microseconds(row.integer(2)),
                         std::string(row.text(3)),  std::string(row.text(4)),
                         std::string(row.text(5)),  std::string(row.text(6)),
                         std::string(row.text(7)),  row.count(8)};
  };
  return read_page<ChallengeHour>(*select, 'h', page, kLookedAt, take);
}

}  // namespace mogura::store::detail
