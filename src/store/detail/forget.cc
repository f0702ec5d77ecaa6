#include "store/detail/forget.h"

#include <limits>
#include <set>

#include "store/detail/challenge_rows.h"

namespace mogura::store::detail {
namespace {

// `sql` deletes at most ?2 rows from before ?1.
Result<void> forget(Database& database, std::string_view sql, std::int64_t cutoff_us) {
  auto statement = database.prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  do {
    if (auto done = statement->bind(1, cutoff_us).bind(2, kForgottenAtOnce).run(); !done) return done;
  } while (database.changes() != 0);
  return {};
}

constexpr std::string_view kClients =
    "DELETE FROM clients WHERE client_key IN"
    " (SELECT client_key FROM clients WHERE last_us < ? ORDER BY last_us LIMIT ?)";

constexpr std::string_view kOthers[] = {
    "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE time_us < ? ORDER BY time_us LIMIT ?)",
    "DELETE FROM verdicts WHERE id IN (SELECT id FROM verdicts WHERE time_us < ? ORDER BY time_us LIMIT ?)",
    "DELETE FROM answers WHERE id IN (SELECT id FROM answers WHERE last_us < ? LIMIT ?)",
    "DELETE FROM challenge_hours WHERE id IN (SELECT id FROM challenge_hours"
    " WHERE hour <= ?1 / 3600000000 AND last_us < ?1 LIMIT ?2)",
    // Also those that have ended without saying so.
    "DELETE FROM sensors WHERE sensor_id IN (SELECT sensor_id FROM sensors WHERE seen_us < ? LIMIT ?)",
    "DELETE FROM findings WHERE finding_id IN (SELECT finding_id FROM findings WHERE is_current = 0"
    " AND last_seen_us < ? AND decision IS NULL AND own_name = '' AND assignee = ''"
    " AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.finding_id = findings.finding_id) LIMIT ?)",
    "DELETE FROM finding_clients WHERE (client, finding_id) IN (SELECT client, finding_id FROM "
    "finding_clients"
    " WHERE ?1 IS NOT NULL AND finding_id NOT IN (SELECT finding_id FROM findings) LIMIT ?2)",
    "DELETE FROM finding_destinations WHERE (finding_id, destination) IN (SELECT finding_id, destination"
    " FROM finding_destinations WHERE ?1 IS NOT NULL"
    " AND finding_id NOT IN (SELECT finding_id FROM findings) LIMIT ?2)",
    "DELETE FROM announcements WHERE finding_id IN (SELECT finding_id FROM announcements"
    " WHERE announced_us < ? AND finding_id NOT IN (SELECT finding_id FROM findings) LIMIT ?)",
};

// The next clients after `after` whose verdict is one of those that have been forgotten.
Result<std::set<Key>> stale_verdicts(Database& database, std::int64_t cutoff_us, Key after) {
  auto select = database.prepare(
      "SELECT client_key FROM clients WHERE verdict <> '' AND verdict_us < ? AND client_key > ?"
      " ORDER BY client_key LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, cutoff_us).bind(2, after).bind(3, kForgottenAtOnce);
  std::set<Key> keys;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return keys;
    keys.insert(select->integer(0));
  }
}

// By what is left of their verdicts.
Result<void> weigh_again(Database& database, std::int64_t cutoff_us) {
  for (Key after = std::numeric_limits<Key>::min();;) {
    auto transaction = Transaction::begin(database);
    if (!transaction) return tl::unexpected(transaction.error());
    const auto keys = stale_verdicts(database, cutoff_us, after);
    if (!keys) return tl::unexpected(keys.error());
    if (keys->empty()) return {};
    if (auto done = weigh_verdicts(database, *keys); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
    after = *keys->rbegin();
  }
}

}  // namespace

Result<void> forget_sessions_before(Database& database, std::int64_t cutoff_us) {
  constexpr std::string_view kSessions =
      "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE end_us < ? ORDER BY end_us LIMIT ?)";
  if (auto done = forget(database, kSessions, cutoff_us); !done) return done;
  return forget(database, kClients, cutoff_us);
}

Result<void> forget_before(Database& database, std::int64_t cutoff_us) {
  if (auto done = forget_sessions_before(database, cutoff_us); !done) return done;
  for (const std::string_view sql : kOthers) {
    if (auto done = forget(database, sql, cutoff_us); !done) return done;
  }
  return weigh_again(database, cutoff_us);
}

}  // namespace mogura::store::detail
