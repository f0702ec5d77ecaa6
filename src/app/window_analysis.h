#pragma once

// The population analysis over a sliding window, for `watch`. Sessions are collected in parts; a part is
// sealed at each evaluation, sealed parts of one hour are put together, and those that have left the window
// are dropped.
//
//   time ──►   |hour|hour|hour| … |hour|sealed|current
//              └────────── window ──────────┘
//
// add() and evaluate() may be called from different threads; evaluate() from one at a time. While it works,
// add() waits no longer than it takes to seal.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "app/judging.h"

namespace mogura::app {

class WindowAnalysis {
 public:
  static constexpr unsigned kParts = 24;  // that a window is divided into

  WindowAnalysis(const JudgingOptions& options, std::chrono::seconds window);

  // `patterns`: ids of the registered patterns that the session matches.
  void add(const session::Session& session, std::span<const std::string_view> patterns = {});
  // The findings over the sessions that ended within the window before `now` (to the part). `allow`,
  // `second_opinion` and `answers` may be nullptr.
  std::vector<finding::Finding> evaluate(Timestamp now, const finding::AllowList* allow,
                                         identity::SecondOpinion* second_opinion,
                                         const finding::Answers* answers);
  // Of the last evaluation, for the groups; nullptr before the first. For the thread that evaluates.
  [[nodiscard]] const Judging* evaluated() const { return evaluated_.get(); }

 private:
  struct Part {
    std::int64_t slot = 0;
    std::shared_ptr<const Judging> judging;
  };

  [[nodiscard]] std::int64_t slot_of(Timestamp time) const;
  std::vector<Part> seal(Timestamp now);
  void replace(const std::vector<Part>& sealed, std::vector<Part> compact);

  const JudgingOptions options_;
  const std::chrono::seconds part_;
  std::mutex mutex_;
  std::vector<Part> sealed_;          // guarded by mutex_
  std::shared_ptr<Judging> current_;  // guarded by mutex_
  Timestamp latest_{};                // guarded by mutex_: the latest end in current_
  std::unique_ptr<Judging> evaluated_;
};

}  // namespace mogura::app
