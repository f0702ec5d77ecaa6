#pragma once

// What `watch` does with sessions: patterns, the population window, the database; and with what the
// population analysis says. Alerts come out.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "app/alerting.h"
#include "app/live_matches.h"
#include "app/population_watch.h"
#include "app/redacting.h"
#include "app/store_writer.h"

namespace mogura::app {

struct WatchStageOptions {
  PopulationWatchOptions population;
  std::vector<Address> proxies;
  const session::Redactor* redactor = nullptr;  // of all sessions; must outlive the stage
};

class WatchStage {
 public:
  // `alerting` and `store` (nullptr: no database) must outlive this.
  WatchStage(const WatchStageOptions& options, std::shared_ptr<const pattern::Matcher> matcher,
             Alerting& alerting, StoreWriter* store);

  void start() { population_.start(); }
  // Any thread.
  void publish(std::shared_ptr<const pattern::Matcher> matcher) { current_.publish(std::move(matcher)); }
  void set_allowed(std::shared_ptr<const finding::AllowList> allowed) {
    population_.set_allowed(std::move(allowed));
  }

  // A session of an earlier run, for the window only. Before start().
  void restore(const session::Session& as_stored);

  // One thread, the one that collects sessions, calls these.
  session::ProgressObserver* add_observer();
  void advance(Timestamp now);
  void take(const session::Session& as_seen);
  // All sessions have been taken.
  void finish();

 private:
  [[nodiscard]] bool is_sanctioned(const finding::Finding& finding, Timestamp now) const;
  void announce(const std::vector<finding::Finding>& findings, const Judging& judging, Timestamp now);

  const std::vector<Address> proxies_;
  const session::Redactor* const redactor_;
  Redacting redacting_;
  Alerting& alerting_;
  StoreWriter* store_;
  CurrentMatcher current_;
  LiveMatches matches_;
  std::vector<std::unique_ptr<LiveMatcher>> observers_;
  MatcherUser user_;
  std::vector<std::string_view> matched_ids_;
  Timestamp latest_{};                         // packet time
  std::unordered_set<std::string> announced_;  // of the thread that judges
  PopulationWatch population_;
};

}  // namespace mogura::app
