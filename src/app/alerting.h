#pragma once

// What happens becomes an alert, once, and goes to whoever wants to hear of it.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "alert/sink.h"
#include "app/recent_set.h"
#include "finding/finding.h"
#include "pattern/matcher.h"
#include "report/alert.h"
#include "session/session.h"

namespace mogura::app {

// The same for the same pattern and session, or service: live or finished, today or from a file.
std::string alert_id_of(const pattern::Pattern& pattern, const session::Session& session);
std::string alert_id_of(const finding::Finding& finding);

// That `session` matches the matcher's pattern of that number. The alert's time is the session's end: where
// it is still going on, that of its latest packet.
report::Alert make_alert(const pattern::Matcher& matcher, std::size_t pattern,
                         const session::Session& session);
// That the population analysis at `now` gave a finding.
report::Alert make_alert(const finding::Finding& finding, Timestamp now);

// Sends each alert to all sinks, but each only once. Any thread.
class Alerting {
 public:
  // Alerts that are known not to be new. Older ones are forgotten.
  static constexpr std::size_t kRemembered = std::size_t{1} << 18;

  // The memory beyond this process. Both may be empty; called on the thread that sends.
  struct Memory {
    std::function<bool(const std::string& alert_id)> is_known;
    std::function<void(const report::Alert&)> keep;
  };

  Alerting(std::vector<std::unique_ptr<alert::Sink>> sinks, Memory memory)
      : sinks_(std::move(sinks)), memory_(std::move(memory)), sent_(kRemembered) {}

  // False where it had been sent before, or is known.
  bool send(const report::Alert& alert);
  [[nodiscard]] bool was_sent(const std::string& alert_id) const;

  // Files are opened anew, for whoever rotates them.
  void reopen();
  // Sinks one after the other, each at most `seconds`. Nothing is sent afterwards.
  void stop(double seconds);

  [[nodiscard]] const std::vector<std::unique_ptr<alert::Sink>>& sinks() const { return sinks_; }
  [[nodiscard]] std::uint64_t pattern_alerts() const;
  [[nodiscard]] std::uint64_t finding_alerts() const;
  [[nodiscard]] std::uint64_t known_alerts() const;  // not sent, as they were known

 private:
  std::uint64_t& counter_of(const report::Alert& alert, bool is_known);

  std::vector<std::unique_ptr<alert::Sink>> sinks_;
  Memory memory_;
  mutable std::mutex mutex_;  // guards the rest
  RecentSet sent_;
  std::uint64_t pattern_alerts_ = 0;
  std::uint64_t finding_alerts_ = 0;
  std::uint64_t known_alerts_ = 0;
};

}  // namespace mogura::app
