#include "app/proxy_verdicts.h"

#include <fmt/format.h>

#include "app/alerting.h"
#include "app/redacting.h"
#include "finding/finding.h"

namespace mogura::app {
namespace {

// What was noticed without asking, beside the verdicts of the challenge.
constexpr std::string_view kPassive = "passive";

bool accuses(const report::VerdictRow& row) {
  using enum challenge::Verdict;
  if (row.verdict == name_of(kNoJar) || row.verdict == name_of(kTampering)) return true;
  // A jar accuses where it is not that of the browser which the User-Agent names; so does what else was
  // noticed.
  return row.score >= finding::kLookAt;
}

// The same client, program and host give the same alert, however often they come by.
report::Alert make_verdict_alert(const report::VerdictRow& row) {
  const std::string who = row.client + '\0' + row.user_agent + '\0' + row.host;
  report::Alert alert;
  alert.alert_id = "verdict/" + finding::finding_id_of(row.verdict, who);
  alert.time = row.time;
  alert.kind = report::AlertKind::kVerdict;
  alert.verdict = row.verdict;
  alert.destination = row.host;
  alert.user_agent = row.user_agent;
  alert.clients = {row.client};
  alert.score = row.score;
  alert.severity = finding::name_of(finding::severity_of(row.score));
  alert.sentences = row.evidence;
  return alert;
}

// The score of a finding that is nothing but `connect-not-tls` (docs/guides/scores.md).
constexpr double kNotTls = 0.6;

// The same client, program and host give the same alert.
report::Alert make_tunnel_alert(const proxy::Event& event) {
  const std::string client = event.client.to_string();
  report::Alert alert;
  alert.verdict = "not-tls";
  alert.user_agent = event.user_agent.substr(0, ProxyVerdicts::kUserAgentBytes);
  alert.destination = event.host;
  alert.alert_id = "verdict/" + finding::finding_id_of(alert.verdict, client + '\0' + alert.user_agent +
                                                                          '\0' + alert.destination);
  alert.time = event.time;
  alert.kind = report::AlertKind::kVerdict;
  alert.clients = {client};
  alert.score = kNotTls;
  alert.severity = finding::name_of(finding::severity_of(alert.score));
  alert.sentences = {"a tunnel through CONNECT was not TLS (" +
                     std::string(protocol::name_of(event.tunnel->protocol)) + "), and was cut"};
  return alert;
}

}  // namespace

void ProxyVerdicts::add(const proxy::Event& as_seen) {
  proxy::Event event = as_seen;
  if (redactor_ != nullptr) event.client = redactor_->pseudonym_of(event.client);
  const std::lock_guard lock(mutex_);
  if (event.state != nullptr) add_state(event);
  if (event.verdict != nullptr || event.passive != nullptr) add_verdict(event);
  if (event.tunnel != nullptr) add_tunnel(event);
}

void ProxyVerdicts::add_state(const proxy::Event& event) {
  const std::string_view state = challenge::name_of(event.state->state);
  const auto hour = std::chrono::floor<std::chrono::hours>(event.time);
  const std::string client = event.client.to_string();
  const std::string_view user_agent = event.user_agent.substr(0, kUserAgentBytes);
  std::string key =
      fmt::format("{}\n{}\n{}\n{}\n", hour.time_since_epoch().count(), client, state, event.host);
  key += user_agent;
  const auto found = hours_.find(key);
  if (found == hours_.end() && hours_.size() >= kHours) {
    ++lost_;
    return;
  }
  report::ChallengeHour& row = found == hours_.end() ? hours_[std::move(key)] : found->second;
  if (row.count++ == 0) {
    row.hour = hour;
    row.client = client;
    row.user_agent = user_agent;
    row.host = event.host;
    row.state = state;
  }
  row.last = std::max(row.last, event.time);
  row.reason = event.state->reason;
}

void ProxyVerdicts::add_verdict(const proxy::Event& event) {
  report::VerdictRow row;
  if (event.passive != nullptr) {
    row.verdict = kPassive;
    row.score = event.passive->score;
    for (const challenge::Evidence& evidence : event.passive->evidence) row.evidence.push_back(evidence.text);
    return add_row(event, std::move(row));
  }
  // Exemptions are not news: each new connection has one.
  if (event.verdict->verdict == challenge::Verdict::kExempt) return;
  row.verdict = challenge::name_of(event.verdict->verdict);
  row.score = event.verdict->score;
  row.evidence = event.verdict->evidence;
  add_row(event, std::move(row));
}

void ProxyVerdicts::add_row(const proxy::Event& event, report::VerdictRow row) {
  if (verdicts_.size() >= kVerdicts) {
    ++lost_;
    return;
  }
  row.time = event.time;
  row.client = event.client.to_string();
  row.user_agent = event.user_agent.substr(0, kUserAgentBytes);
  row.host = event.host;
  verdicts_.push_back(std::move(row));
}

// A tunnel that is not TLS and goes on is for the analysis of the sessions.
void ProxyVerdicts::add_tunnel(const proxy::Event& event) {
  const proxy::TunnelEvent& tunnel = *event.tunnel;
  if (tunnel.patterns.empty() && !tunnel.is_blocked) return;
  if (alerts_.size() + tunnel.patterns.size() >= kAlerts) {
    ++lost_;
    return;
  }
  if (tunnel.patterns.empty()) {
    alerts_.push_back(make_tunnel_alert(event));
    return;
  }
  Redacting redacting(redactor_);
  for (const std::size_t pattern : tunnel.patterns) {
    alerts_.push_back(app::make_alert(*tunnel.matcher, pattern, redacting(*tunnel.session)));
    if (tunnel.is_blocked) alerts_.back().sentences.emplace_back("the tunnel was cut");
  }
}

void ProxyVerdicts::write(StoreWriter& writer) {
  std::unordered_map<std::string, report::ChallengeHour> hours;
  std::vector<report::VerdictRow> verdicts;
  std::vector<report::Alert> alerts;
  {
    const std::lock_guard lock(mutex_);
    hours.swap(hours_);
    verdicts.swap(verdicts_);
    alerts.swap(alerts_);
  }
  for (const report::Alert& alert : alerts) writer.add(alert);
  for (const auto& [key, hour] : hours) writer.add(hour);
  for (const report::VerdictRow& row : verdicts) {
    writer.add(row);
    if (accuses(row)) writer.add(make_verdict_alert(row));
  }
}

std::uint64_t ProxyVerdicts::lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace mogura::app
