#include "app/window_analysis.h"

#include <algorithm>

namespace mogura::app {

WindowAnalysis::WindowAnalysis(const JudgingOptions& options, std::chrono::seconds window)
    : options_(options),
      part_(std::max(std::chrono::seconds(1), window / kParts)),
      current_(std::make_shared<Judging>(options)) {}

void WindowAnalysis::add(const session::Session& session, std::span<const std::string_view> patterns) {
  const std::lock_guard lock(mutex_);
  // A session that ended a little earlier than the last one stays in its part.
  if (latest_ != Timestamp{} && slot_of(session.end) > slot_of(latest_)) {
    sealed_.push_back({slot_of(latest_), std::move(current_)});
    current_ = std::make_shared<Judging>(options_);
    latest_ = {};
  }
  current_->add(session, patterns);
  latest_ = std::max(latest_, session.end);
}

std::int64_t WindowAnalysis::slot_of(Timestamp time) const {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()) / part_;
}

std::vector<WindowAnalysis::Part> WindowAnalysis::seal(Timestamp now) {
  const std::lock_guard lock(mutex_);
  if (latest_ != Timestamp{}) {
    sealed_.push_back({slot_of(latest_), std::move(current_)});
    current_ = std::make_shared<Judging>(options_);
    latest_ = {};
  }
  const std::int64_t oldest = slot_of(now) - kParts;
  std::erase_if(sealed_, [oldest](const Part& part) { return part.slot <= oldest; });
  return sealed_;
}

// Parts that were sealed since are kept.
void WindowAnalysis::replace(const std::vector<Part>& sealed, std::vector<Part> compact) {
  const std::lock_guard lock(mutex_);
  for (const Part& part : sealed_) {
    const bool is_old = std::any_of(sealed.begin(), sealed.end(),
                                    [&](const Part& other) { return other.judging == part.judging; });
    if (!is_old) compact.push_back(part);
  }
  sealed_ = std::move(compact);
}

std::vector<finding::Finding> WindowAnalysis::evaluate(Timestamp now, const finding::AllowList* allow,
                                                       identity::SecondOpinion* second_opinion,
                                                       const finding::Answers* answers) {
  const std::vector<Part> sealed = seal(now);
  std::vector<Part> sorted = sealed;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Part& a, const Part& b) { return a.slot < b.slot; });
  std::vector<Part> compact;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end].slot == sorted[i].slot) ++end;
    if (end == i + 1) {
      compact.push_back(sorted[i]);
    } else {
      auto together = std::make_shared<Judging>(options_);
      for (std::size_t k = i; k < end; ++k) together->merge(*sorted[k].judging);
      compact.push_back({sorted[i].slot, std::move(together)});
    }
    i = end;
  }
  replace(sealed, compact);
  evaluated_ = std::make_unique<Judging>(options_);
  for (const Part& part : compact) evaluated_->merge(*part.judging);
  return evaluated_->findings(allow, now, second_opinion, answers);
}

}  // namespace mogura::app
