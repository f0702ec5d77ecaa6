#include "console/detail/api_overview.h"

#include <algorithm>
#include <array>

#include "console/detail/api_list.h"
#include "console/detail/api_rows.h"
#include "console/detail/api_time.h"

namespace mogura::console::detail {
namespace {

using report::JsonWriter;

struct Overview {
  report::Totals totals;
  std::optional<Timestamp> last_look;
  std::vector<report::FindingRow> new_findings;
  std::uint64_t new_alerts = 0;
  std::vector<report::Hour> hours;
  std::vector<report::Sensor> sensors;
};

struct Question {
  std::uint64_t hours = kOverviewHours;
  bool looks = false;
};

// Of the newest ones, those that came after; the archive's total where nobody has looked yet.
Result<std::uint64_t> count_new_alerts(const Call& call, const Overview& overview) {
  if (!overview.last_look) return overview.totals.alerts;
  const auto alerts = call.archive().alerts({}, {report::Page::kMost, {}});
  if (!alerts) return tl::unexpected(alerts.error());
  constexpr std::array<std::string_view, 1> kTime{"time"};
  std::vector<std::string> time;
  std::uint64_t count = 0;
  for (const report::AlertRow& alert : alerts->rows) {
    call.json.values(alert.line, kTime, time);
    const auto at = parse_time(time.front());
    if (at && *at > *overview.last_look) ++count;
  }
  return count;
}

Result<void> read_news(const Call& call, const Question& question, Overview& overview) {
  const bool is_remembered = question.looks && !call.context.is_read_only;
  const std::string& user = call.request.user;
  const auto look = is_remembered ? call.archive().look(user, call.now) : call.archive().last_look(user);
  if (!look) return tl::unexpected(look.error());
  overview.last_look = *look;
  report::FindingFilter filter;
  filter.status = "new";
  filter.first_since = overview.last_look;
  auto findings = call.archive().findings(filter, {kNewFindings, {}}, call.now);
  if (!findings) return tl::unexpected(findings.error());
  overview.new_findings = std::move(findings->rows);
  const auto alerts = count_new_alerts(call, overview);
  if (!alerts) return tl::unexpected(alerts.error());
  overview.new_alerts = *alerts;
  return {};
}

Result<Overview> read_overview(const Call& call, const Question& question) {
  Overview overview;
  const auto totals = call.archive().totals();
  if (!totals) return tl::unexpected(totals.error());
  overview.totals = *totals;
  const auto hour = std::chrono::floor<std::chrono::hours>(totals->last.value_or(call.now));
  const Timestamp to = hour + std::chrono::hours(1);
  auto hours = call.archive().hours(to - std::chrono::hours(question.hours), to);
  if (!hours) return tl::unexpected(hours.error());
  overview.hours = std::move(*hours);
  auto sensors = call.archive().sensors();
  if (!sensors) return tl::unexpected(sensors.error());
  overview.sensors = std::move(*sensors);
  if (auto news = read_news(call, question, overview); !news) return tl::unexpected(news.error());
  return overview;
}

void write_sums(JsonWriter& json, const std::vector<report::Hour>& hours) {
  report::Hour sum;
  for (const report::Hour& hour : hours) {
    for (std::size_t k = 0; k < session::kKinds; ++k) sum.sessions[k] += hour.sessions[k];
    sum.analysed_connect += hour.analysed_connect;
    sum.analysed_ssl += hour.analysed_ssl;
  }
  json.key("table1");
  json.begin_object();
  json.field("connect", sum.analysed_connect);
  json.field("ssl", sum.analysed_ssl);
  json.field("min_exchanges", kAnalysedExchanges);
  json.end_object();
  json.key("by_kind");
  json.begin_object();
  for (std::size_t k = 0; k < session::kKinds; ++k) {
    json.field(name_of(static_cast<session::Kind>(k)), sum.sessions[k]);
  }
  json.end_object();
}

void write_sensor(const Call& call, JsonWriter& json, const report::Sensor& sensor) {
  JsonFields fields(json, call.json);
  json.begin_object();
  fields.text("sensor_id", sensor.sensor_id);
  fields.text("kind", sensor.kind);
  fields.text("host", sensor.host);
  fields.text("input", sensor.input);
  fields.text("version", sensor.version);
  fields.time("started", sensor.started);
  fields.time("seen", sensor.seen);
  fields.truth("ended", sensor.has_ended);
  fields.truth("silent", !sensor.has_ended && call.now - sensor.seen > kSilence);
  std::uint64_t drops = 0;
  json.key("counters");
  json.begin_object();
  for (const auto& [name, count] : sensor.counters) {
    json.untrusted_key(name);
    json.value(count);
    if (counts_loss(name)) drops += count;
  }
  json.end_object();
  json.field("drops", drops);
  json.end_object();
}

Reply overview_reply(const Call& call, const Overview& overview) {
  Reply reply;
  JsonWriter json(reply.body, JsonWriter::Layout::kLine);
  json.begin_object();
  json.field("now", call.now);
  if (overview.last_look) json.field("last_look", *overview.last_look);
  json.key("totals");
  write_row(json, call.json, overview.totals);
  write_rows(call, json, "new_findings", overview.new_findings);
  json.field("new_alerts", overview.new_alerts);
  write_sums(json, overview.hours);
  write_rows(call, json, "hours", overview.hours);
  json.key("sensors");
  json.begin_array();
  for (const report::Sensor& sensor : overview.sensors) write_sensor(call, json, sensor);
  json.end_array();
  json.end_object();
  return reply;
}

}  // namespace

bool counts_loss(std::string_view counter) {
  return counter == "lost" || counter == "evicted_sessions" || counter.ends_with("_drops") ||
         counter.ends_with("_lost") || counter.starts_with("lost_");
}

Reply show_overview(const Call& call) {
  Parameters parameters(call.request.query);
  Question question;
  question.hours = parameters.number("hours", 1, kMostOverviewHours, kOverviewHours);
  question.looks = parameters.flag("look");
  if (auto wrong = parameters.wrong()) return std::move(*wrong);
  const Result<Overview> overview = read_overview(call, question);
  return overview ? overview_reply(call, *overview)
                  : reply_of_archive(overview.error(), OnUsage::kBadRequest);
}

}  // namespace mogura::console::detail
