#include "console/detail/api_findings.h"

#include <algorithm>
#include <array>

#include "console/detail/api_allow_entry.h"
#include "console/detail/api_list.h"
#include "console/detail/api_rows.h"

namespace mogura::console::detail {
namespace {

using report::FindingOrder;
using report::JsonWriter;

constexpr std::array<std::string_view, 3> kStatus{"new", "sanctioned", "confirmed"};
constexpr std::array<std::string_view, 3> kSeverity{"low", "medium", "high"};
constexpr std::array<std::string_view, 5> kKind{"get-post", "connect", "ssl", "websocket", "other"};
constexpr std::array<std::string_view, 2> kGroupBy{"application", "client"};
// By FindingOrder; then the same, descending.
constexpr std::array<std::string_view, 16> kOrder{
    "score",  "first",  "last",  "destination",  "application",  "sessions",  "clients",  "status",
    "-score", "-first", "-last", "-destination", "-application", "-sessions", "-clients", "-status"};

void read_order(Parameters& parameters, report::FindingFilter& filter) {
  const std::string sort = parameters.one_of("sort", kOrder);
  if (sort.empty()) return;
  const auto at = static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), sort) - kOrder.begin());
  filter.order = static_cast<FindingOrder>(at % (kOrder.size() / 2));
  filter.is_ascending = at < kOrder.size() / 2;
}

report::FindingFilter read_filter(Parameters& parameters) {
  report::FindingFilter filter;
  filter.text = parameters.text("q", kSearchBytes);
  filter.status = parameters.one_of("status", kStatus);
  filter.severity = parameters.one_of("severity", kSeverity);
  filter.kind = parameters.one_of("kind", kKind);
  filter.application = parameters.text("application");
  filter.client = parameters.text("client");
  filter.assignee = parameters.text("assignee");
  filter.least_score = parameters.decimal("min_score", 0, 1, 0);
  filter.with_earlier = parameters.flag("earlier");
  filter.first_since = parameters.time("since");
  read_order(parameters, filter);
  return filter;
}

void write_decision(const Call& call, JsonWriter& json, const report::Decision& decision) {
  JsonFields fields(json, call.json);
  json.key("decision");
  json.begin_object();
  fields.given_text("status", decision.status);
  fields.text("owner", decision.owner);
  fields.text("reason", decision.reason);
  fields.time("expires", decision.expires.value_or(Timestamp{}));
  fields.text("by", decision.by);
  fields.time("time", decision.time);
  json.end_object();
}

void write_timeline(JsonWriter& json, const report::Timeline& timeline) {
  json.key("timeline");
  json.begin_object();
  if (timeline.from != Timestamp{}) json.field("from", timeline.from);
  if (timeline.to != Timestamp{}) json.field("to", timeline.to);
  json.key("clients");
  json.begin_array();
  for (const auto& [client, slices] : timeline.clients) {
    json.begin_object();
    json.field("client", client);
    json.key("sessions");
    json.begin_array();
    for (const std::uint32_t sessions : slices) json.value(sessions);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.field("cut", timeline.is_cut);
  json.end_object();
}

// An `after` that is none and a finding that is none are the same error; the finding can be asked for.
Reply finding_sessions_error(const Call& call, bool has_after, const Error& error) {
  const bool is_after =
      has_after && error.code == ErrorCode::kUsage && call.archive().finding(call.id, call.now);
  return reply_of_archive(error, is_after ? OnUsage::kBadRequest : OnUsage::kNotFound);
}

}  // namespace

bool is_finding_id(std::string_view id) {
  return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Reply list_findings(const Call& call) {
  Parameters parameters(call.request.query);
  const report::FindingFilter filter = read_filter(parameters);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const auto fetch = [&](const report::Page& page) {
    return call.archive().findings(filter, page, call.now);
  };
  return list_reply<report::FindingRow>(call, form, "findings", fetch, bad_page);
}

Reply list_finding_groups(const Call& call) {
  Parameters parameters(call.request.query);
  const report::FindingFilter filter = read_filter(parameters);
  const std::string by = parameters.one_of("by", kGroupBy);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  if (by.empty()) return bad_request("by", "is needed: application or client");
  const auto group = by == "client" ? report::FindingGroup::kClient : report::FindingGroup::kApplication;
  const auto all = call.archive().finding_groups(filter, group, call.now);
  if (!all) return bad_page(all.error());
  const auto fetch = [&](const report::Page& page) { return page_of(*all, page); };
  return list_reply<report::FindingGroupRow>(call, form, "finding-groups", fetch, bad_page);
}

Reply list_finding_sessions(const Call& call) {
  Parameters parameters(call.request.query);
  const ListForm form = parameters.list_form();
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const auto fetch = [&](const report::Page& page) { return call.archive().finding_sessions(call.id, page); };
  const auto on_error = [&](const Error& error) {
    return finding_sessions_error(call, !form.page.after.empty(), error);
  };
  return list_reply<report::SessionRow>(call, form, "finding-" + call.id + "-sessions", fetch, on_error);
}

Reply finding_reply(const Call& call) {
  const Result<report::FindingRecord> record = call.archive().finding(call.id, call.now);
  if (!record) return reply_of_archive(record.error(), OnUsage::kNotFound);
  const Result<report::Timeline> timeline = call.archive().timeline(call.id, kTimelineSlices);
  if (!timeline) return reply_of_archive(timeline.error(), OnUsage::kNotFound);
  Reply reply;
  JsonWriter json(reply.body, JsonWriter::Layout::kLine);
  JsonFields fields(json, call.json);
  json.begin_object();
  fields.line("finding", record->line);
  json.key("row");
  write_row(json, call.json, record->row);
  write_decision(call, json, record->decision);
  fields.text("own_name", record->own_name);
  write_rows(call, json, "notes", record->notes);
  write_rows(call, json, "history", record->history);
  write_timeline(json, *timeline);
  fields.text("allow_entry", allow_entry(*record, call.json, call.now));
  json.end_object();
  return reply;
}

Reply show_finding(const Call& call) {
  if (auto wrong = Parameters(call.request.query).wrong()) return std::move(*wrong);
  return finding_reply(call);
}

}  // namespace mogura::console::detail
