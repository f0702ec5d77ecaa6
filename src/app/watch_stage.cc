#include "app/watch_stage.h"

#include <algorithm>

#include "app/version.h"
#include "report/analysis.h"

namespace mogura::app {

WatchStage::WatchStage(const WatchStageOptions& options, std::shared_ptr<const pattern::Matcher> matcher,
                       Alerting& alerting, StoreWriter* store)
    : proxies_(options.proxies),
      redactor_(options.redactor),
      redacting_(redactor_),
      alerting_(alerting),
      store_(store),
      current_(std::move(matcher)),
      user_(current_),
      population_(options.population,
                  [this](const std::vector<finding::Finding>& findings, const Judging& judging,
                         Timestamp now) { announce(findings, judging, now); }) {}

session::ProgressObserver* WatchStage::add_observer() {
  return observers_.emplace_back(std::make_unique<LiveMatcher>(current_, proxies_, matches_, redactor_))
      .get();
}

// Stored perhaps before anybody asked for redaction.
void WatchStage::restore(const session::Session& as_stored) {
  const session::Session& session = redacting_(as_stored);
  matched_ids_.clear();
  for (const std::size_t pattern : user_.match(session)) {
    matched_ids_.push_back(user_.matcher().patterns()[pattern].id);
  }
  population_.add(session, matched_ids_);
}

void WatchStage::advance(Timestamp now) {
  latest_ = std::max(latest_, now);
  for (const report::Alert& alert : matches_.take(now)) alerting_.send(alert);
  population_.advance(now);
}

// Where the session was alerted while it lived, that stands; where it still waited to be, it is now.
void WatchStage::take(const session::Session& as_seen) {
  const session::Session& session = redacting_(as_seen);
  matched_ids_.clear();
  for (const std::size_t number : user_.match(session)) {
    const pattern::Pattern& pattern = user_.matcher().patterns()[number];
    matched_ids_.push_back(pattern.id);
    const std::string id = alert_id_of(pattern, session);
    if (alerting_.was_sent(id)) continue;
    const std::optional<report::Alert> waiting = matches_.claim(id);
    alerting_.send(waiting ? *waiting : make_alert(user_.matcher(), number, session));
  }
  population_.add(session, matched_ids_);
  if (store_ != nullptr) store_->add(session);
  latest_ = std::max(latest_, session.end);
}

void WatchStage::finish() {
  for (const report::Alert& alert : matches_.take(latest_)) alerting_.send(alert);
  population_.finish(latest_);
}

// By the allow list, or by a person in the console; until it expires.
bool WatchStage::is_sanctioned(const finding::Finding& finding, Timestamp now) const {
  return finding.status != finding::Status::kNew ||
         (store_ != nullptr && store_->is_sanctioned(finding.finding_id, now));
}

// An alert that was sent just before the program was killed may be sent once more, rather than never.
void WatchStage::announce(const std::vector<finding::Finding>& findings, const Judging& judging,
                          Timestamp now) {
  for (const finding::Finding& finding : findings) {
    if (finding.score < finding::kLookAt || is_sanctioned(finding, now)) continue;
    if (!announced_.insert(finding.finding_id).second) continue;
    if (store_ != nullptr && store_->is_announced(finding.finding_id)) continue;
    alerting_.send(make_alert(finding, now));
    if (store_ != nullptr) store_->set_announced(finding.finding_id, now);
  }
  if (store_ == nullptr) return;
  report::Analysis analysis;
  analysis.version = kVersion;
  report::set_groups(analysis, judging.population().groups());
  analysis.findings = findings;
  store_->put_analysis(analysis, now);
}

}  // namespace mogura::app
