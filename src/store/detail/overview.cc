#include "store/detail/overview.h"

#include <algorithm>
#include <string>

#include "store/archive.h"
#include "store/detail/analysis_rows.h"
#include "store/detail/finding_list.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

std::optional<std::size_t> kind_of(std::string_view name) {
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    if (name == session::name_of(static_cast<session::Kind>(k))) return k;
  }
  return std::nullopt;
}

// Of hour, kind, sessions, bytes_up, bytes_down, analysed.
void add_to(report::Hour& hour, const Statement& row) {
  const std::string_view kind = row.text(1);
  if (const auto k = kind_of(kind)) hour.sessions[*k] += row.count(2);
  hour.bytes_up += row.count(3);
  hour.bytes_down += row.count(4);
  if (kind == session::name_of(session::Kind::kConnect)) hour.analysed_connect += row.count(5);
  if (kind == session::name_of(session::Kind::kSsl)) hour.analysed_ssl += row.count(5);
}

Result<void> count_findings(const Database& database, Timestamp now, report::Totals& totals) {
  const std::string sql = "SELECT " + std::string(kStatusNow) +
                          " AS effective, count(*) FROM findings WHERE is_current = 1 AND score >= ?2"
                          " GROUP BY effective";
  auto select = database.prepare(sql);
  if (!select) return tl::unexpected(select.error());
  select->bind(1, to_microseconds(now)).bind(2, finding::kLookAt);
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
    const std::string_view status = select->text(0);
    if (status == "new") totals.findings_new += select->count(1);
    if (status == "sanctioned") totals.findings_sanctioned += select->count(1);
    if (status == "confirmed") totals.findings_confirmed += select->count(1);
  }
}

// A JSON object of numbers.
Result<std::vector<report::Counter>> counters_of(Statement& each, std::string_view json) {
  std::vector<report::Counter> counters;
  each.bind(1, json);
  for (;;) {
    const auto row = each.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return counters;
    counters.emplace_back(each.text(0), each.count(1));
  }
}

population::Group group_of(const Statement& row) {
  population::Group group;
  group.key = row.text(0);
  group.sessions = row.count(1);
  group.clients = row.count(2);
  group.user_agents = row.count(3);
  group.destinations = row.count(4);
  group.cipher_lists = row.count(5);
  group.bytes_up = row.count(6);
  group.bytes_down = row.count(7);
  group.ja3 = row.text(8);
  group.ja4 = row.text(9);
  group.first = from_microseconds(row.integer(10));
  group.last = from_microseconds(row.integer(11));
  return group;
}

}  // namespace

Result<report::Totals> totals(const Database& database, Timestamp now) {
  report::Totals totals;
  auto select = database.prepare(
      "SELECT (SELECT total(sessions) FROM hours), (SELECT min(start_us) FROM sessions),"
      " (SELECT max(end_us) FROM sessions), (SELECT count(*) FROM alerts)");
  if (!select) return tl::unexpected(select.error());
  const auto row = select->step();
  if (!row) return tl::unexpected(row.error());
  totals.sessions = select->count(0);
  if (!select->is_null(1)) totals.first = from_microseconds(select->integer(1));
  if (!select->is_null(2)) totals.last = from_microseconds(select->integer(2));
  totals.alerts = select->count(3);
  if (auto done = count_findings(database, now, totals); !done) return tl::unexpected(done.error());
  return totals;
}

Result<std::vector<report::Hour>> hours(const Database& database, Timestamp from, Timestamp to) {
  if (to <= from) return std::vector<report::Hour>{};
  auto select = database.prepare(
      "SELECT hour, kind, sessions, bytes_up, bytes_down, analysed FROM hours"
      " WHERE hour >= ? AND hour <= ? ORDER BY hour DESC");
  if (!select) return tl::unexpected(select.error());
  // A part of a microsecond before the end is before it.
  select->bind(1, hour_of(to_microseconds(from))).bind(2, hour_of(to_microseconds(to - Duration(1))));
  std::vector<report::Hour> hours;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    const Timestamp hour = from_hour(select->integer(0));
    if (hours.empty() || hours.back().hour != hour) {
      if (hours.size() == kHoursShown) break;
      hours.emplace_back().hour = hour;
    }
    add_to(hours.back(), *select);
  }
  std::reverse(hours.begin(), hours.end());
  return hours;
}

Result<std::vector<report::Sensor>> sensors(const Database& database) {
  auto select = database.prepare(
      "SELECT sensor_id, kind, host, input, version, started_us, seen_us, has_ended, counters FROM sensors"
      " ORDER BY seen_us DESC, sensor_id LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  auto each = database.prepare("SELECT key, value FROM json_each(CASE WHEN json_valid(?1) THEN ?1 END)");
  if (!each) return tl::unexpected(each.error());
  select->bind(1, std::uint64_t{report::Page::kMost});
  std::vector<report::Sensor> sensors;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return sensors;
    auto counters = counters_of(*each, select->text(8));
    if (!counters) return tl::unexpected(counters.error());
    sensors.push_back({std::string(select->text(0)), std::string(select->text(1)),
                       std::string(select->text(2)), std::string(select->text(3)),
                       std::string(select->text(4)), from_microseconds(select->integer(5)),
                       from_microseconds(select->integer(6)), select->integer(7) != 0, *std::move(counters)});
  }
}

Result<std::vector<population::Group>> groups(const Database& database, population::GroupBy by) {
  auto select = database.prepare(
      "SELECT key, sessions, clients, user_agents, destinations, cipher_lists, bytes_up, bytes_down, ja3, "
      "ja4,"
      " first_us, last_us FROM groups WHERE grouped_by = ? ORDER BY rank LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  const std::string table = name_of_table(static_cast<std::size_t>(by));
  select->bind(1, table).bind(2, std::uint64_t{report::Page::kMost});
  std::vector<population::Group> groups;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return groups;
    groups.push_back(group_of(*select));
  }
}

Result<std::optional<Timestamp>> last_look(const Database& database, std::string_view user) {
  auto select = database.prepare("SELECT time_us FROM looks WHERE user = ?");
  if (!select) return tl::unexpected(select.error());
  const auto row = select->bind(1, user).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::optional(from_microseconds(select->integer(0))) : std::nullopt;
}

Result<std::optional<Timestamp>> look(Database& database, std::string_view user, Timestamp now) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  auto before = last_look(database, user);
  if (!before) return before;
  auto put = database.prepare("INSERT OR REPLACE INTO looks VALUES (?, ?)");
  if (!put) return tl::unexpected(put.error());
  if (auto done = put->bind(1, user).bind(2, to_microseconds(now)).run(); !done)
    return tl::unexpected(done.error());
  if (auto done = transaction->commit(); !done) return tl::unexpected(done.error());
  return before;
}

}  // namespace mogura::store::detail
