#include "console/detail/api_rows.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace mogura::console::detail {
namespace {

using population::GroupBy;

// Ids of the database begin at 1.
std::uint64_t unsigned_id(std::int64_t id) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(id, 0));
}

}  // namespace

void describe(const report::FindingRow& row, Fields& fields) {
  fields.text("finding_id", row.finding_id);
  fields.given_text("destination", row.destination);
  fields.text("kind", row.kind);
  fields.decimal("score", row.score);
  fields.text("severity", row.severity);
  fields.text("status", row.status);
  fields.text("application", row.application);
  fields.text("class", row.application_class);
  fields.number("sessions", row.sessions);
  fields.number("clients", row.clients);
  fields.time("first", row.first);
  fields.time("last", row.last);
  fields.truth("current", row.is_current);
  fields.text("assignee", row.assignee);
  fields.number("notes", row.notes);
  fields.text("evidence", row.top_evidence);
}

void describe(const report::FindingGroupRow& row, Fields& fields) {
  fields.given_text("key", row.key);
  fields.number("findings", row.findings);
  fields.number("sessions", row.sessions);
  fields.decimal("highest_score", row.highest_score);
}

void describe(const report::SessionRow& row, Fields& fields) {
  fields.text("session_id", row.session_id);
  fields.time("start", row.start);
  fields.time("end", row.end);
  fields.text("client", row.client);
  fields.text("destination", row.destination);
  fields.text("kind", row.kind);
  fields.text("user_agent", row.user_agent);
  fields.text("inner_protocol", row.inner_protocol);
  fields.text("ja4", row.ja4);
  fields.number("exchanges_up", row.exchanges_up);
  fields.number("exchanges_down", row.exchanges_down);
  fields.number("bytes_up", row.bytes_up);
  fields.number("bytes_down", row.bytes_down);
  fields.line("line", row.line);
}

void describe(const report::ClientRow& row, Fields& fields) {
  fields.given_text("client", row.client);
  if (row.has_user_agent) {
    fields.given_text("user_agent", row.user_agent);
  } else {
    fields.text("user_agent", {});
  }
  fields.number("sessions", row.sessions);
  fields.number("bytes_up", row.bytes_up);
  fields.number("bytes_down", row.bytes_down);
  fields.time("first", row.first);
  fields.time("last", row.last);
  fields.text("verdict", row.verdict);
  fields.decimal("score", row.score);
}

void describe(const report::VerdictRow& row, Fields& fields) {
  fields.time("time", row.time);
  fields.given_text("client", row.client);
  fields.text("user_agent", row.user_agent);
  fields.text("host", row.host);
  fields.text("verdict", row.verdict);
  fields.decimal("score", row.score);
  fields.texts("evidence", row.evidence);
}

void describe(const report::ChallengeHour& row, Fields& fields) {
  fields.time("hour", row.hour);
  fields.time("last", row.last);
  fields.given_text("client", row.client);
  fields.text("user_agent", row.user_agent);
  fields.text("host", row.host);
  fields.text("state", row.state);
  fields.text("reason", row.reason);
  fields.number("count", row.count);
}

void describe(const report::AlertRow& row, Fields& fields) {
  static constexpr std::array<std::string_view, 19> kColumns{
      "alert_id",         "time",         "kind",       "severity",    "score",
      "pattern_id",       "pattern_name", "finding_id", "application", "session_id",
      "client_ip",        "client_port",  "server_ip",  "server_port", "destination",
      "client_forwarded", "user_agent",   "clients",    "sentences"};
  fields.number("id", unsigned_id(row.id));
  fields.members(row.line, kColumns);
}

void describe(const report::AuditEntry& row, Fields& fields) {
  fields.time("time", row.time);
  fields.text("user", row.user);
  fields.text("address", row.address);
  fields.text("action", row.action);
  fields.text("subject", row.subject);
  fields.text("detail", row.detail);
}

void describe(const report::Note& row, Fields& fields) {
  fields.number("id", unsigned_id(row.id));
  fields.time("time", row.time);
  fields.text("by", row.by);
  fields.given_text("text", row.text);
}

void describe(const report::Hour& row, Fields& fields) {
  fields.time("hour", row.hour);
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    fields.number(name_of(static_cast<session::Kind>(k)), row.sessions[k]);
  }
  fields.number("bytes_up", row.bytes_up);
  fields.number("bytes_down", row.bytes_down);
  fields.number("analysed_connect", row.analysed_connect);
  fields.number("analysed_ssl", row.analysed_ssl);
}

void describe(const report::Totals& totals, Fields& fields) {
  fields.number("sessions", totals.sessions);
  fields.time("first", totals.first.value_or(Timestamp{}));
  fields.time("last", totals.last.value_or(Timestamp{}));
  fields.number("findings_new", totals.findings_new);
  fields.number("findings_sanctioned", totals.findings_sanctioned);
  fields.number("findings_confirmed", totals.findings_confirmed);
  fields.number("alerts", totals.alerts);
}

void describe(const PatternRow& row, Fields& fields) {
  fields.text("id", row.id);
  fields.text("name", row.name);
  fields.text("application", row.application);
  fields.text("author", row.author);
  fields.text("date", row.date);
  fields.text("source_finding", row.source_finding);
  fields.text("note", row.note);
  fields.truth("candidate", row.is_candidate);
  fields.rates(row.rates);
}

void describe(const GroupRow& row, Fields& fields) {
  const population::Group& group = row.group;
  const bool is_place = row.by == GroupBy::kDestination || row.by == GroupBy::kRegistrableDomain;
  const bool is_hello = row.by == GroupBy::kCipherSuites || row.by == GroupBy::kJa4;
  fields.given_text("key", group.key);
  if (row.by == GroupBy::kCipherSuites) {
    fields.text("ja3", group.ja3);
    fields.text("ja4", group.ja4);
  }
  fields.number("sessions", group.sessions);
  fields.number("clients", group.clients);
  if (!is_place) fields.number("destinations", group.destinations);
  if (row.by != GroupBy::kUserAgent) fields.number("user_agents", group.user_agents);
  if (!is_hello) fields.number("cipher_lists", group.cipher_lists);
  if (is_place) {
    fields.number("bytes_up", group.bytes_up);
    fields.number("bytes_down", group.bytes_down);
  }
  fields.time("first", group.first);
  fields.time("last", group.last);
}

}  // namespace mogura::console::detail
