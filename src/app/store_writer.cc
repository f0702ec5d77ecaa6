#include "app/store_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/stored_status.h"

namespace mogura::app {
namespace {

constexpr std::chrono::seconds kCommitEvery{1};
// Old sessions are looked for this often, by packet time.
constexpr std::chrono::hours kForgetEvery{1};

}  // namespace

void StoreWriter::start() {
  thread_ = std::thread([this] { run(); });
}

void StoreWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  filled_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void StoreWriter::add(const session::Session& session) {
  std::unique_lock lock(mutex_);
  if (options_.waits)
    emptied_.wait(lock, [this] { return queue_.sessions.size() < kQueued || is_stopping_; });
  if (queue_.sessions.size() >= kQueued) {
    ++lost_;
    return;
  }
  queue_.sessions.push_back(session);
  if (queue_.sessions.size() == kMuch) filled_.notify_one();
}

template <class Row>
void StoreWriter::add_to(std::vector<Row>& queue, const Row& row) {
  const std::lock_guard lock(mutex_);
  if (queue.size() < kQueued) {
    queue.push_back(row);
  } else {
    ++lost_;
  }
}

void StoreWriter::add(const report::Alert& alert) {
  add_to(queue_.alerts, alert);
}

void StoreWriter::add(const report::VerdictRow& verdict) {
  add_to(queue_.verdicts, verdict);
}

void StoreWriter::add(const report::ChallengeHour& hour) {
  add_to(queue_.challenges, hour);
}

void StoreWriter::put(const report::Sensor& sensor) {
  const std::lock_guard lock(mutex_);
  queue_.sensor = sensor;
}

void StoreWriter::run() {
  for (bool is_last = false; !is_last;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      filled_.wait_for(lock, kCommitEvery,
                       [this] { return is_stopping_ || queue_.sessions.size() >= kMuch; });
      is_last = is_stopping_;
      std::swap(work, queue_);
    }
    emptied_.notify_all();
    write(work);
  }
}

void StoreWriter::write(const Work& work) {
  const std::lock_guard lock(store_mutex_);
  Result<void> all;
  const auto note = [&all](Result<void> done) {
    if (!done && all) all = std::move(done);
  };
  for (const session::Session& session : work.sessions) {
    note(store_.add_session(session));
    latest_ = std::max(latest_, session.end);
  }
  for (const report::Alert& alert : work.alerts) note(store_.add_alert(alert));
  note(write_rest(work));
  note(store_.commit());
  announced_.insert(announced_.end(), work.announced.begin(), work.announced.end());
  if (all) note(write_announced());
  if (!work.sessions.empty() || !work.alerts.empty() || work.sensor || !all) tell(all);
  forget_old();
}

Result<void> StoreWriter::write_rest(const Work& work) {
  Result<void> all;
  const auto note = [&all](Result<void> done) {
    if (!done && all) all = std::move(done);
  };
  for (const report::VerdictRow& verdict : work.verdicts) note(store_.add_verdict(verdict));
  for (const report::ChallengeHour& hour : work.challenges) note(store_.add_challenge(hour));
  if (work.sensor) note(store_.put_sensor(*work.sensor));
  return all;
}

Result<void> StoreWriter::write_announced() {
  for (const auto& [finding_id, time] : announced_) {
    if (auto done = store_.set_announced(finding_id, time); !done) return done;
  }
  announced_.clear();
  return {};
}

void StoreWriter::forget_old() {
  if (latest_ == Timestamp{} || options_.keep.count() == 0) return;
  if (forgotten_ && latest_ - *forgotten_ < kForgetEvery) return;
  forgotten_ = latest_;
  tell(store_.forget_before(latest_ - options_.keep));
}

void StoreWriter::tell(const Result<void>& done) {
  const bool is_failing = !done.has_value();
  if (is_failing && !is_failing_) {
    fmt::print(stderr, "mogura: {}; what cannot be written is counted\n", done.error().message());
  }
  if (!is_failing && is_failing_) fmt::print(stderr, "mogura: the database can be written again\n");
  is_failing_ = is_failing;
}

Result<void> StoreWriter::read_sessions(Timestamp from, Timestamp to,
                                        const std::function<void(std::string_view)>& on_line) {
  const std::lock_guard lock(store_mutex_);
  return store_.read_sessions(from, to, on_line);
}

bool StoreWriter::has_alert(const std::string& alert_id) {
  const std::lock_guard lock(store_mutex_);
  return store_.has_alert(alert_id).value_or(false);
}

bool StoreWriter::is_announced(const std::string& finding_id) {
  const std::lock_guard lock(store_mutex_);
  return store_.is_announced(finding_id).value_or(false);
}

bool StoreWriter::is_sanctioned(const std::string& finding_id, Timestamp now) {
  const std::lock_guard lock(store_mutex_);
  return store_.decision(finding_id, now).value_or("") == finding::name_of(finding::Status::kSanctioned);
}

void StoreWriter::set_announced(const std::string& finding_id, Timestamp time) {
  const std::lock_guard lock(mutex_);
  queue_.announced.emplace_back(finding_id, time);
}

void StoreWriter::set_allowed(std::shared_ptr<const finding::AllowList> allowed, Timestamp now) {
  const std::lock_guard lock(store_mutex_);
  allowed_ = std::move(allowed);
  tell(apply_allowed(now));
}

void StoreWriter::put_answers(const finding::Answers& answers) {
  const std::lock_guard lock(store_mutex_);
  tell(store_.put_answers(answers));
}

Result<finding::Answers> StoreWriter::read_answers() {
  const std::lock_guard lock(store_mutex_);
  return store_.read_answers();
}

void StoreWriter::put_analysis(const report::Analysis& analysis, Timestamp now) {
  const std::lock_guard lock(store_mutex_);
  const Result<void> put = store_.put_analysis(analysis);
  tell(put ? apply_allowed(now) : put);
}

void StoreWriter::put_findings_without_sessions(const std::vector<finding::Finding>& findings,
                                                Timestamp now) {
  const std::lock_guard lock(store_mutex_);
  const Result<void> put = store_.put_findings_without_sessions(findings);
  tell(put ? apply_allowed(now) : put);
}

Result<void> StoreWriter::apply_allowed(Timestamp now) {
  return apply_allow_list(store_, allowed_ ? *allowed_ : finding::AllowList(), now);
}

StoreWriterCounters StoreWriter::counters() {
  StoreWriterCounters counters;
  {
    const std::lock_guard lock(store_mutex_);
    counters.store = store_.counters();
  }
  const std::lock_guard lock(mutex_);
  counters.queued = queue_.sessions.size();
  counters.lost = lost_;
  return counters;
}

}  // namespace mogura::app
