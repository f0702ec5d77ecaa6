#include "app/alerting.h"

#include "base/bytes.h"
#include "base/hash.h"

namespace mogura::app {
namespace {

std::uint64_t key_of(const std::string& alert_id) {
  return hash_bytes(as_bytes(alert_id));
}

}  // namespace

std::string alert_id_of(const pattern::Pattern& pattern, const session::Session& session) {
  return pattern.id + "/" + session::session_id(session);
}

std::string alert_id_of(const finding::Finding& finding) {
  return "finding/" + finding.finding_id;
}

report::Alert make_alert(const pattern::Matcher& matcher, std::size_t number,
                         const session::Session& session) {
  const pattern::Pattern& pattern = matcher.patterns()[number];
  report::Alert alert;
  alert.alert_id = alert_id_of(pattern, session);
  alert.time = session.end;
  alert.kind = report::AlertKind::kPattern;
  alert.pattern_id = pattern.id;
  alert.pattern_name = pattern.name;
  alert.finding_id = pattern.source_finding;
  alert.application = pattern.application;
  alert.session_id = session::session_id(session);
  alert.community_id = session::community_id(session.client, session.server);
  alert.client = session.client;
  alert.server = session.server;
  alert.client_forwarded = session.client_forwarded;
  alert.destination = session.destination;
  alert.user_agent = session.user_agent;
  alert.score = 1;  // somebody has looked at it before and said so
  alert.severity = finding::name_of(finding::severity_of(alert.score));
  alert.sentences = matcher.explain(number, session);
  if (!pattern.note.empty()) alert.sentences.push_back(pattern.note);
  return alert;
}

report::Alert make_alert(const finding::Finding& finding, Timestamp now) {
  report::Alert alert;
  alert.alert_id = alert_id_of(finding);
  alert.time = now;
  alert.kind = report::AlertKind::kFinding;
  alert.finding_id = finding.finding_id;
  alert.application = finding.application.name;
  alert.destination = finding.destination;
  if (!finding.user_agents.empty()) alert.user_agent = finding.user_agents.front();
  alert.clients = finding.clients;
  alert.score = finding.score;
  alert.severity = finding::name_of(finding.severity());
  for (const finding::Evidence& evidence : finding.evidence) alert.sentences.push_back(evidence.text);
  return alert;
}

bool Alerting::send(const report::Alert& alert) {
  {
    const std::lock_guard lock(mutex_);
    if (!sent_.insert(key_of(alert.alert_id))) return false;
  }
  const bool is_known = memory_.is_known && memory_.is_known(alert.alert_id);
  {
    const std::lock_guard lock(mutex_);
    ++counter_of(alert, is_known);
  }
  if (is_known) return false;
  for (const auto& sink : sinks_) sink->send(alert);
  if (memory_.keep) memory_.keep(alert);
  return true;
}

std::uint64_t& Alerting::counter_of(const report::Alert& alert, bool is_known) {
  if (is_known) return known_alerts_;
  return alert.kind == report::AlertKind::kPattern ? pattern_alerts_ : finding_alerts_;
}

bool Alerting::was_sent(const std::string& alert_id) const {
  const std::lock_guard lock(mutex_);
  return sent_.contains(key_of(alert_id));
}

void Alerting::reopen() {
  for (const auto& sink : sinks_) sink->reopen();
}

void Alerting::stop(double seconds) {
  for (const auto& sink : sinks_) sink->stop(seconds);
}

std::uint64_t Alerting::pattern_alerts() const {
  const std::lock_guard lock(mutex_);
  return pattern_alerts_;
}

std::uint64_t Alerting::finding_alerts() const {
  const std::lock_guard lock(mutex_);
  return finding_alerts_;
}

std::uint64_t Alerting::known_alerts() const {
  const std::lock_guard lock(mutex_);
  return known_alerts_;
}

}  // namespace mogura::app
