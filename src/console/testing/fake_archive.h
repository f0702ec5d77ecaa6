#pragma once

// An archive in memory for tests of the console: it gives back what stands in its members, remembers what it
// was asked and told, and fails on demand. No filter is applied; `filter` members hold what was asked for.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/archive.h"

namespace mogura::console::testing {

using report::Page;
using report::Rows;

class FakeArchive : public report::Archive {
 public:
  static constexpr std::string_view kFindingId = "0123456789abcdef";

  std::optional<Error> error{};  // what everything answers, if set
  int calls_before_error = 0;    // that many work first
  int calls = 0;

  report::Totals totals_now{};
  std::vector<report::Hour> hour_rows{};
  Timestamp hours_from{}, hours_to{};
  std::vector<report::Sensor> sensor_rows{};
  std::vector<report::FindingRow> finding_rows{};
  report::FindingFilter finding_filter{};
  std::vector<report::FindingGroupRow> group_rows{};
  report::FindingGroup grouped_by{};
  report::FindingRecord record{};  // of kFindingId; there is no other
  report::Timeline time_line{};
  std::vector<report::SessionRow> session_rows{};
  report::SessionFilter session_filter{};
  std::array<std::vector<population::Group>, population::kGroupTables> population_groups{};
  std::vector<report::ClientRow> client_rows{};
  report::ClientFilter client_filter{};
  std::vector<report::VerdictRow> verdict_rows{};
  std::vector<report::ChallengeHour> challenge_rows{};
  std::string asked_client{}, asked_user_agent{};
  std::vector<report::AlertRow> alert_rows{};  // newest first
  report::AlertFilter alert_filter{};
  std::vector<report::AuditEntry> audit_rows{};  // newest first
  std::optional<Timestamp> last_looked{};
  Page page{};  // of the last list

  Result<report::Totals> totals() override { return done(totals_now); }
  Result<std::vector<report::Hour>> hours(Timestamp from, Timestamp to) override {
    hours_from = from;
    hours_to = to;
    return done(hour_rows);
  }
  Result<std::vector<report::Sensor>> sensors() override { return done(sensor_rows); }
  Result<Rows<report::FindingRow>> findings(const report::FindingFilter& filter, const Page& asked,
                                            Timestamp) override {
    finding_filter = filter;
    return rows(finding_rows, asked);
  }
  Result<std::vector<report::FindingGroupRow>> finding_groups(const report::FindingFilter& filter,
                                                              report::FindingGroup by, Timestamp) override {
    finding_filter = filter;
    grouped_by = by;
    return done(group_rows);
  }
  Result<report::FindingRecord> finding(std::string_view id, Timestamp) override {
    if (Result<void> there = is_there(id); !there) return tl::unexpected(there.error());
    report::FindingRecord found = record;
    found.row.finding_id = id;
    return found;
  }
  Result<report::Timeline> timeline(std::string_view id, std::size_t) override {
    if (Result<void> there = is_there(id); !there) return tl::unexpected(there.error());
    return time_line;
  }
  Result<Rows<report::SessionRow>> finding_sessions(std::string_view id, const Page& asked) override {
    if (Result<void> there = is_there(id); !there) return tl::unexpected(there.error());
    return rows(session_rows, asked);
  }
  Result<std::vector<population::Group>> groups(population::GroupBy by) override {
    return done(population_groups[static_cast<std::size_t>(by)]);
  }
  Result<Rows<report::SessionRow>> sessions(const report::SessionFilter& filter, const Page& asked) override {
    session_filter = filter;
    return rows(session_rows, asked);
  }
  Result<Rows<report::ClientRow>> clients(const report::ClientFilter& filter, const Page& asked) override {
    client_filter = filter;
    return rows(client_rows, asked);
  }
  Result<Rows<report::VerdictRow>> verdicts(std::string_view client, std::string_view user_agent,
                                            const Page& asked) override {
    asked_client = client;
    asked_user_agent = user_agent;
    return rows(verdict_rows, asked);
  }
  Result<Rows<report::ChallengeHour>> challenge_hours(std::string_view client, std::string_view user_agent,
                                                      const Page& asked) override {
    asked_client = client;
    asked_user_agent = user_agent;
    return rows(challenge_rows, asked);
  }
  Result<Rows<report::AlertRow>> alerts(const report::AlertFilter& filter, const Page& asked) override {
    alert_filter = filter;
    return rows(alert_rows, asked);
  }
  Result<std::vector<report::AlertRow>> alerts_after(std::int64_t id) override {
    std::vector<report::AlertRow> after;
    for (auto row = alert_rows.rbegin(); row != alert_rows.rend(); ++row) {
      if (row->id > id && after.size() < Page::kMost) after.push_back(*row);
    }
    return done(after);
  }
  Result<std::int64_t> last_alert() override {
    return done(alert_rows.empty() ? std::int64_t{0} : alert_rows.front().id);
  }

  Result<void> decide(std::string_view id, const report::Decision& decision,
                      const report::AuditEntry& audit) override {
    return act(id, audit, [&] { record.decision = decision; });
  }
  Result<void> name_application(std::string_view id, std::string_view name,
                                const report::AuditEntry& audit) override {
    return act(id, audit, [&] { record.own_name = name; });
  }
  Result<void> assign(std::string_view id, std::string_view assignee,
                      const report::AuditEntry& audit) override {
    return act(id, audit, [&] { record.row.assignee = assignee; });
  }
  Result<void> add_note(std::string_view id, std::string_view text,
                        const report::AuditEntry& audit) override {
    return act(id, audit, [&] {
      const auto number = static_cast<std::int64_t>(record.notes.size() + 1);
      record.notes.push_back({number, audit.time, audit.user, std::string(text)});
    });
  }
  Result<void> add_audit(const report::AuditEntry& audit) override {
    return act(kFindingId, audit, [] {});
  }
  Result<Rows<report::AuditEntry>> audit(const Page& asked) override { return rows(audit_rows, asked); }
  Result<std::optional<Timestamp>> last_look(std::string_view) override { return done(last_looked); }
  Result<std::optional<Timestamp>> look(std::string_view, Timestamp now) override {
    return done(std::exchange(last_looked, now));
  }

 private:
  bool fails() { return error && calls++ >= calls_before_error; }

  template <class Value>
  Result<Value> done(Value value) {
    if (fails()) return tl::unexpected(*error);
    return value;
  }
  Result<void> is_there(std::string_view id) {
    if (fails()) return tl::unexpected(*error);
    if (id != kFindingId) return fail(ErrorCode::kUsage, std::string(id), "there is no such finding");
    return {};
  }
  // `after`: the number of the page's first row.
  template <class Row>
  Result<Rows<Row>> rows(const std::vector<Row>& all, const Page& asked) {
    page = asked;
    if (fails()) return tl::unexpected(*error);
    std::size_t from = 0;
    for (const char c : asked.after) {
      if (c < '0' || c > '9' || asked.after.size() > 6) return fail(ErrorCode::kUsage, "after", "is no page");
      from = from * 10 + static_cast<std::size_t>(c - '0');
    }
    Rows<Row> found;
    for (; from < all.size() && found.rows.size() < asked.limit; ++from) found.rows.push_back(all[from]);
    if (from < all.size()) found.next = std::to_string(from);
    found.total = all.size();
    return found;
  }
  template <class Change>
  Result<void> act(std::string_view id, const report::AuditEntry& audit, Change change) {
    if (Result<void> there = is_there(id); !there) return there;
    change();
    audit_rows.insert(audit_rows.begin(), audit);
    return {};
  }
};

}  // namespace mogura::console::testing
