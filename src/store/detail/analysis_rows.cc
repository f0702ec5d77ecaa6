#include "store/detail/analysis_rows.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "report/analysis_json.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

Result<void> write_group(Statement& insert, std::string_view table, std::size_t rank,
                         const population::Group& group) {
  insert.bind(1, table).bind(2, std::uint64_t{rank}).bind(3, group.key).bind(4, group.sessions);
  insert.bind(5, group.clients).bind(6, group.user_agents).bind(7, group.destinations);
  insert.bind(8, group.cipher_lists).bind(9, group.bytes_up).bind(10, group.bytes_down);
  insert.bind(11, group.ja3).bind(12, group.ja4);
  return insert.bind(13, to_microseconds(group.first)).bind(14, to_microseconds(group.last)).run();
}

Result<void> write_groups(Database& database, const report::Analysis& analysis) {
  if (auto done = database.execute("DELETE FROM groups"); !done) return done;
  auto insert = database.prepare("INSERT INTO groups VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return tl::unexpected(insert.error());
  for (std::size_t t = 0; t < analysis.groups.size(); ++t) {
    const std::string name = name_of_table(t);
    const auto& rows = analysis.groups[t].rows;
    for (std::size_t rank = 0; rank < rows.size(); ++rank) {
      if (auto done = write_group(*insert, name, rank, rows[rank]); !done) return done;
    }
  }
  return {};
}

// In lower case, as texts are searched without regard to it.
std::string words_of(const finding::Finding& finding) {
  std::string words = finding.destination;
  for (const auto* list : {&finding.destinations, &finding.clients, &finding.user_agents}) {
    for (const std::string& text : *list) {
      if (words.size() + text.size() < kWordsBytes) words.append("\n").append(text);
    }
  }
  return lower(words);
}

Result<void> write_finding(Statement& insert, const finding::Finding& finding) {
  const std::string line = report::write_finding_line(finding);
  const std::string words = words_of(finding);
  insert.bind(1, finding.finding_id).bind(2, finding.destination).bind(3, finding.kind);
  insert.bind(4, finding.score).bind(5, finding::name_of(finding.severity()));
  insert.bind(6, finding::name_of(finding.status));
  insert.bind(7, to_microseconds(finding.first)).bind(8, to_microseconds(finding.last));
  insert.bind(9, finding.application.name).bind(10, identity::name_of(finding.application.cls));
  insert.bind(11, finding.sessions).bind(12, finding.clients_count);
  insert.bind(13, finding.evidence.empty() ? std::string_view() : finding.evidence.front().text);
  return insert.bind(14, words).bind(15, line).run();
}

// Who and where, to be found by.
struct Places {
  Statement clear_clients, clear_destinations, put_client, put_destination;
};

Result<Places> prepare_places(Database& database) {
  Places places;
  const struct {
    Statement* statement;
    const char* sql;
  } statements[] = {
      {&places.clear_clients, "DELETE FROM finding_clients WHERE finding_id = ?"},
      {&places.clear_destinations, "DELETE FROM finding_destinations WHERE finding_id = ?"},
      {&places.put_client, "INSERT OR IGNORE INTO finding_clients (finding_id, client) VALUES (?, ?)"},
      {&places.put_destination, "INSERT OR IGNORE INTO finding_destinations VALUES (?, ?)"},
  };
  for (const auto& row : statements) {
    auto prepared = database.prepare(row.sql);
    if (!prepared) return tl::unexpected(prepared.error());
    *row.statement = *std::move(prepared);
  }
  return places;
}

Result<void> write_places(Places& places, const finding::Finding& finding) {
  if (auto done = places.clear_clients.bind(1, finding.finding_id).run(); !done) return done;
  if (auto done = places.clear_destinations.bind(1, finding.finding_id).run(); !done) return done;
  for (const std::string& client : finding.clients) {
    if (auto done = places.put_client.bind(1, finding.finding_id).bind(2, client).run(); !done) return done;
  }
  const auto put = [&](const std::string& destination) {
    return places.put_destination.bind(1, finding.finding_id).bind(2, destination).run();
  };
  if (finding.destinations.empty()) return put(finding.destination);
  for (std::size_t i = 0; i < std::min(finding.destinations.size(), kFindingDestinations); ++i) {
    if (auto done = put(finding.destinations[i]); !done) return done;
  }
  return {};
}

Result<void> write_findings(Database& database, const std::vector<finding::Finding>& findings) {
  auto insert = database.prepare(
      "INSERT INTO findings (finding_id, destination, kind, score, severity, status, first_seen_us,"
      " last_seen_us, application, application_class, sessions, clients, evidence, words, line, is_current)"
      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1)"
      " ON CONFLICT (finding_id) DO UPDATE SET destination = excluded.destination, kind = excluded.kind,"
      " score = excluded.score, severity = excluded.severity, status = excluded.status,"
      " first_seen_us = min(first_seen_us, excluded.first_seen_us),"
      " last_seen_us = max(last_seen_us, excluded.last_seen_us), application = excluded.application,"
      " application_class = excluded.application_class, sessions = excluded.sessions,"
      " clients = excluded.clients, evidence = excluded.evidence, words = excluded.words,"
      " line = excluded.line, is_current = 1");
  if (!insert) return tl::unexpected(insert.error());
  auto places = prepare_places(database);
  if (!places) return tl::unexpected(places.error());
  for (const finding::Finding& finding : findings) {
    if (auto done = write_finding(*insert, finding); !done) return done;
    if (auto done = write_places(*places, finding); !done) return done;
  }
  return {};
}

// Whether a current finding is about the host on some port.
Result<bool> is_known_by_port(Statement& select, const std::string& host) {
  const auto row = select.bind(1, host + ":").bind(2, host + ";").step();
  if (!row) return tl::unexpected(row.error());
  select.reset();
  return *row;
}

}  // namespace

Result<void> write_findings_without_sessions(Database& database,
                                             const std::vector<finding::Finding>& findings) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done =
          database.execute("UPDATE findings SET is_current = 0 WHERE is_current <> 0 AND sessions = 0");
      !done) {
    return done;
  }
  // A semicolon is what follows a colon.
  auto select = database.prepare(
      "SELECT 1 FROM finding_destinations JOIN findings USING (finding_id)"
      " WHERE is_current <> 0 AND finding_destinations.destination >= ? AND"
      " finding_destinations.destination < ? LIMIT 1");
  if (!select) return tl::unexpected(select.error());
  std::vector<finding::Finding> written;
  for (const finding::Finding& finding : findings) {
    if (finding.sessions != 0) continue;
    const auto is_known = is_known_by_port(*select, finding.destination);
    if (!is_known) return tl::unexpected(is_known.error());
    if (!*is_known) written.push_back(finding);
  }
  if (auto done = write_findings(database, written); !done) return done;
  return transaction->commit();
}

std::string name_of_table(std::size_t table) {
  constexpr std::array<std::string_view, 5> kNames{"destination", "user_agent", "cipher_suites", "ja4",
                                                   "registrable_domain"};
  return table < kNames.size() ? std::string(kNames[table]) : "table-" + std::to_string(table);
}

Result<void> write_analysis(Database& database, const report::Analysis& analysis) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  if (auto done = write_groups(database, analysis); !done) return done;
  if (auto done = database.execute("UPDATE findings SET is_current = 0 WHERE is_current <> 0"); !done)
    return done;
  if (auto done = write_findings(database, analysis.findings); !done) return done;
  auto meta = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('analysed_by', ?)");
  if (!meta) return tl::unexpected(meta.error());
  if (auto done = meta->bind(1, analysis.version).run(); !done) return done;
  return transaction->commit();
}

}  // namespace mogura::store::detail
