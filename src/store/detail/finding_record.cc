#include "store/detail/finding_record.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "store/archive.h"
#include "store/detail/analysis_rows.h"
#include "store/detail/audit_log.h"
#include "store/detail/finding_list.h"
#include "store/detail/stored_time.h"

namespace mogura::store::detail {
namespace {

constexpr std::uint64_t kNotesShown = 500;
constexpr std::size_t kHistoryShown = 100;

tl::unexpected<Error> no_such(std::string_view finding_id) {
  return fail(ErrorCode::kUsage, std::string(finding_id.substr(0, 64)), "there is no such finding");
}

Result<std::vector<report::Note>> notes_of(const Database& database, std::string_view finding_id) {
  auto select = database.prepare(
      "SELECT * FROM (SELECT id, time_us, user, text FROM notes WHERE finding_id = ? ORDER BY id DESC LIMIT "
      "?)"
      " ORDER BY id");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, finding_id).bind(2, kNotesShown);
  std::vector<report::Note> notes;
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return notes;
    notes.push_back({select->integer(0), from_microseconds(select->integer(1)), std::string(select->text(2)),
                     std::string(select->text(3))});
  }
}

Result<void> add_decision(const Database& database, report::FindingRecord& record) {
  auto select = database.prepare(
      "SELECT coalesce(decision, ''), decision_owner, decision_reason, decision_expires_us, decided_by,"
      " decided_us, own_name, line FROM findings WHERE finding_id = ?");
  if (!select) return tl::unexpected(select.error());
  const auto row = select->bind(1, record.row.finding_id).step();
  if (!row) return tl::unexpected(row.error());
  report::Decision& decision = record.decision;
  decision.status = select->text(0);
  decision.owner = select->text(1);
  decision.reason = select->text(2);
  if (!select->is_null(3)) decision.expires = from_microseconds(select->integer(3));
  decision.by = select->text(4);
  decision.time = from_microseconds(select->integer(5));
  record.own_name = select->text(6);
  record.line = select->text(7);
  return {};
}

// --- its sessions ---

struct Service {
  std::string kind;
  std::vector<std::string> destinations;
  std::int64_t first_us = 0, last_us = 0;
};

Result<Service> service_of(const Database& database, std::string_view finding_id) {
  auto finding =
      database.prepare("SELECT kind, first_seen_us, last_seen_us FROM findings WHERE finding_id = ?");
  if (!finding) return tl::unexpected(finding.error());
  const auto found = finding->bind(1, finding_id).step();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return no_such(finding_id);
  // Cut to what a time can be.
  const auto time = [&](int column) { return to_microseconds(from_microseconds(finding->integer(column))); };
  Service service{std::string(finding->text(0)), {}, time(1), time(2)};
  finding->reset();
  auto select = database.prepare("SELECT destination FROM finding_destinations WHERE finding_id = ? LIMIT ?");
  if (!select) return tl::unexpected(select.error());
  select->bind(1, finding_id).bind(2, std::uint64_t{kFindingDestinations});
  for (;;) {
    const auto row = select->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return service;
    service.destinations.emplace_back(select->text(0));
  }
}

// Sessions of each client in each slice of time; clients by their keys.
struct Slices {
  struct Client {
    std::int64_t session = 0;  // one of its sessions
    std::uint64_t sessions = 0;
    std::vector<std::uint32_t> counts;
  };
  std::unordered_map<Key, Client> clients;
  std::int64_t from_us = 0, to_us = 0;
  std::size_t count = 0, sessions = 0;
  bool is_cut = false;

  [[nodiscard]] std::size_t slice_of(std::int64_t time_us) const {
    const double from = static_cast<double>(from_us);
    const double share = (static_cast<double>(time_us) - from) / (static_cast<double>(to_us) - from + 1);
    const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(count);
    return std::min(static_cast<std::size_t>(at), count - 1);
  }
  bool add(const SessionWalk::Found& found) {
    if (sessions == kTimelineSessions) {
      is_cut = true;
      return false;
    }
    ++sessions;
    Client& client = clients[found.client];
    if (client.counts.empty()) client = {found.place.id, 0, std::vector<std::uint32_t>(count)};
    ++client.sessions;
    ++client.counts[slice_of(found.place.order)];
    return true;
  }
};

Result<report::Timeline> with_names(const Database& database, Slices slices) {
  std::vector<Slices::Client> clients;
  for (auto& [key, client] : slices.clients) clients.push_back(std::move(client));
  std::sort(clients.begin(), clients.end(), [](const auto& a, const auto& b) {
    return std::pair(b.sessions, b.session) < std::pair(a.sessions, a.session);
  });
  report::Timeline timeline{from_microseconds(slices.from_us),
                            from_microseconds(slices.to_us),
                            {},
                            slices.is_cut || clients.size() > kTimelineClients};
  if (clients.size() > kTimelineClients) clients.resize(kTimelineClients);
  auto select = database.prepare("SELECT client FROM sessions WHERE id = ?");
  if (!select) return tl::unexpected(select.error());
  for (Slices::Client& client : clients) {
    const auto row = select->bind(1, client.session).step();
    if (!row) return tl::unexpected(row.error());
    timeline.clients.emplace_back(select->text(0), std::move(client.counts));
    select->reset();
  }
  return timeline;
}

// --- actions ---

Result<void> refuse_long(std::string_view what, std::string_view text) {
  if (text.size() <= kGivenTextBytes) return {};
  return fail(ErrorCode::kUsage, std::string(what),
              "has more than " + std::to_string(kGivenTextBytes) + " bytes");
}

// `bind` gives the statement its values; the last of its parameters is the finding.
Result<void> change(Database& database, std::string_view sql, std::string_view finding_id,
                    const std::function<void(Statement&)>& bind, const report::AuditEntry& audit) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return tl::unexpected(transaction.error());
  auto statement = database.prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  statement->bind(1, finding_id);
  bind(*statement);
  if (auto done = statement->run(); !done) return done;
  if (database.changes() == 0) return no_such(finding_id);
  if (auto done = write_audit(database, audit); !done) return done;
  return transaction->commit();
}

}  // namespace

Result<report::FindingRecord> finding_record(const Database& database, std::string_view finding_id,
                                             Timestamp now) {
  auto row = finding_row(database, finding_id, now);
  if (!row) return tl::unexpected(row.error());
  if (row->finding_id.empty()) return no_such(finding_id);
  report::FindingRecord record;
  record.row = *std::move(row);
  if (auto done = add_decision(database, record); !done) return tl::unexpected(done.error());
  auto notes = notes_of(database, finding_id);
  if (!notes) return tl::unexpected(notes.error());
  record.notes = *std::move(notes);
  auto history = audit_about(database, finding_id, kHistoryShown);
  if (!history) return tl::unexpected(history.error());
  record.history = *std::move(history);
  return record;
}

Result<SessionWalk> sessions_of_finding(const Database& database, std::string_view finding_id) {
  const auto service = service_of(database, finding_id);
  if (!service) return tl::unexpected(service.error());
  return SessionWalk::of_destinations(database, service->destinations, service->kind, INT64_MIN, INT64_MAX);
}

Result<report::Timeline> timeline(const Database& database, std::string_view finding_id, std::size_t slices) {
  const auto service = service_of(database, finding_id);
  if (!service) return tl::unexpected(service.error());
  Slices counted;
  counted.from_us = service->first_us;
  counted.to_us = std::max(service->first_us, service->last_us);
  counted.count = std::clamp<std::size_t>(slices, 1, kTimelineSlices);
  auto walk = SessionWalk::of_destinations(database, service->destinations, service->kind, counted.from_us,
                                           counted.to_us + 1);
  if (!walk) return tl::unexpected(walk.error());
  const auto rest = walk->run(
      kBeforeAll, [&](const SessionWalk::Found& found) -> Result<bool> { return counted.add(found); });
  if (!rest) return tl::unexpected(rest.error());
  counted.is_cut = rest->has_value();
  return with_names(database, std::move(counted));
}

Result<void> decide(Database& database, std::string_view finding_id, const report::Decision& decision,
                    const report::AuditEntry& audit) {
  if (decision.status != "" && decision.status != "sanctioned" && decision.status != "confirmed")
    return fail(ErrorCode::kUsage, "status", "is neither sanctioned nor confirmed, nor empty");
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"owner", decision.owner}, {"reason", decision.reason}, {"user", decision.by}};
  for (const auto& [what, text] : texts) {
    if (auto done = refuse_long(what, text); !done) return done;
  }
  return change(
      database,
      "UPDATE findings SET decision = nullif(?2, ''), decision_owner = ?3, decision_reason = ?4,"
      " decision_expires_us = ?5, decided_by = ?6, decided_us = ?7 WHERE finding_id = ?1",
      finding_id,
      [&](Statement& update) {
        update.bind(2, decision.status).bind(3, decision.owner).bind(4, decision.reason);
        if (decision.expires) update.bind(5, to_microseconds(*decision.expires));
        update.bind(6, decision.by).bind(7, to_microseconds(decision.time));
      },
      audit);
}

Result<void> name_application(Database& database, std::string_view finding_id, std::string_view name,
                              const report::AuditEntry& audit) {
  if (auto done = refuse_long("name", name); !done) return done;
  return change(
      database, "UPDATE findings SET own_name = ?2 WHERE finding_id = ?1", finding_id,
      [&](Statement& update) { update.bind(2, name); }, audit);
}

Result<void> assign(Database& database, std::string_view finding_id, std::string_view assignee,
                    const report::AuditEntry& audit) {
  if (auto done = refuse_long("assignee", assignee); !done) return done;
  return change(
      database, "UPDATE findings SET assignee = ?2 WHERE finding_id = ?1", finding_id,
      [&](Statement& update) { update.bind(2, assignee); }, audit);
}

Result<void> add_note(Database& database, std::string_view finding_id, std::string_view text,
                      const report::AuditEntry& audit) {
  if (auto done = refuse_long("note", text); !done) return done;
  return change(
      database,
      "INSERT INTO notes (finding_id, time_us, user, text)"
      " SELECT finding_id, ?2, ?3, ?4 FROM findings WHERE finding_id = ?1",
      finding_id,
      [&](Statement& insert) {
        insert.bind(2, to_microseconds(audit.time)).bind(3, audit.user).bind(4, text);
      },
      audit);
}

}  // namespace mogura::store::detail
