#include "app/proxy_verdicts.h"

#include <fmt/format.h>

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
report::Alert make_alert(const report::VerdictRow& row) {
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

}  // namespace

void ProxyVerdicts::add(const proxy::Event& as_seen) {
  proxy::Event event = as_seen;
  if (redactor_ != nullptr) event.client = redactor_->pseudonym_of(event.client);
  const std::lock_guard lock(mutex_);
  event.state != nullptr ? add_state(event) : add_verdict(event);
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

void ProxyVerdicts::write(StoreWriter& writer) {
  std::unordered_map<std::string, report::ChallengeHour> hours;
  std::vector<report::VerdictRow> verdicts;
  {
    const std::lock_guard lock(mutex_);
    hours.swap(hours_);
    verdicts.swap(verdicts_);
  }
  for (const auto& [key, hour] : hours) writer.add(hour);
  for (const report::VerdictRow& row : verdicts) {
    writer.add(row);
    if (accuses(row)) writer.add(make_alert(row));
  }
}

std::uint64_t ProxyVerdicts::lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace mogura::app
