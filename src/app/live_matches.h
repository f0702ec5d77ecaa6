#pragma once

// Matches live sessions against the patterns: one LiveMatcher per worker looks, LiveMatches brings what they
// found to the thread that sends alerts.
//
// Where a capture sees both sides of a proxy, each tunnel is there twice, and only the clients' side is to be
// alerted. A session that says that it comes from a proxy is left for its end, when session::Pairing tells. A
// connection that may be the far side of a tunnel waits kPatience, in which the near side makes itself known
// by the same key: that of its ClientHello, or one of those that a tunnel has as it grows.

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/alerting.h"
#include "app/recent_set.h"
#include "app/redacting.h"
#include "pattern/matcher.h"
#include "session/table.h"

namespace mogura::app {

// The matcher of the moment: published by one thread, used by many. What was taken stays valid.
class CurrentMatcher {
 public:
  explicit CurrentMatcher(std::shared_ptr<const pattern::Matcher> matcher) : matcher_(std::move(matcher)) {}

  void publish(std::shared_ptr<const pattern::Matcher> matcher) {
    const std::lock_guard lock(mutex_);
    matcher_ = std::move(matcher);
    version_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] std::shared_ptr<const pattern::Matcher> get() const {
    const std::lock_guard lock(mutex_);
    return matcher_;
  }
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const pattern::Matcher> matcher_;
  std::atomic<std::uint64_t> version_{1};
};

// One thread's view of the current matcher, with what matching needs.
class MatcherUser {
 public:
  explicit MatcherUser(const CurrentMatcher& current) : current_(current) {}

  // Numbers of the patterns that match; valid until the next call. Takes over a newly published matcher.
  const std::vector<std::size_t>& match(const session::Session& session);
  [[nodiscard]] const pattern::Matcher& matcher() const { return *matcher_; }
  // Whether the pattern has a condition on rhythm, which moves until there are many intervals.
  [[nodiscard]] bool has_rhythm(std::size_t pattern) const { return has_rhythm_[pattern]; }

 private:
  void take_over();

  const CurrentMatcher& current_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const pattern::Matcher> matcher_;
  std::optional<pattern::Matcher::Scratch> scratch_;
  std::vector<bool> has_rhythm_;
  std::vector<std::size_t> matched_;
};

// Any thread.
class LiveMatches {
 public:
  // Packet time that a session which may be the far side of a tunnel waits for its near side.
  static constexpr std::chrono::seconds kPatience{2};
  // Keys of near sides that are remembered; matches that wait. Beyond, the oldest goes: a match is then
  // alerted when its session ends.
  static constexpr std::size_t kKnown = std::size_t{1} << 16;
  static constexpr std::size_t kWaiting = std::size_t{1} << 16;

  // The near side of a tunnel was seen.
  void add_near_side(const session::Finished& so_far);
  // A match that can be alerted at once; or, with `may_be_far_side`, if no near side turns up.
  void add(report::Alert alert, const session::Finished& so_far, bool may_be_far_side);
  // A session of which a match waits has gone on: until enough of a tunnel has been seen, its key changes.
  void add_far_key(const session::Finished& so_far);

  // All that is certain when everything up to `now` has been seen, in the order in which it was found.
  std::vector<report::Alert> take(Timestamp now);
  // The same alert as waits in here, if one does: the session has ended, and is alerted now.
  std::optional<report::Alert> claim(const std::string& alert_id);

 private:
  struct Side {
    bool operator==(const Side&) const = default;
    Endpoint client, server;
    Timestamp start;
  };
  struct Waiting {
    report::Alert alert;
    Side side;
    std::uint64_t hello = 0;
    std::vector<std::uint64_t> early;  // as they came
  };

  void remember(std::uint64_t key, const Side& side);
  [[nodiscard]] bool is_far_side(const Waiting& waiting) const;
  [[nodiscard]] bool has_near_side(std::uint64_t key, const Side& far) const;

  std::mutex mutex_;  // guards the rest
  std::vector<report::Alert> ready_;
  std::deque<Waiting> waiting_;
  std::unordered_map<std::uint64_t, Side> known_;
  std::deque<std::uint64_t> known_order_;
};

// Belongs to one worker's thread.
class LiveMatcher final : public session::ProgressObserver {
 public:
  // Matches that were reported and are not again; older ones are forgotten, and sorted out later.
  static constexpr std::size_t kReported = std::size_t{1} << 16;

  // All must outlive this. Alerts are made of sessions as `redactor` (nullptr: none) shows them.
  LiveMatcher(const CurrentMatcher& current, const std::vector<Address>& proxies, LiveMatches& matches,
              const session::Redactor* redactor)
      : user_(current),
        proxies_(proxies),
        matches_(matches),
        redacting_(redactor),
        reported_(kReported),
        told_(kReported),
        waiting_(kReported) {}

  void on_progress(const session::Finished& so_far) override;

 private:
  [[nodiscard]] bool is_left_for_its_end(const session::Finished& so_far) const;

  MatcherUser user_;
  const std::vector<Address>& proxies_;
  LiveMatches& matches_;
  Redacting redacting_;
  RecentSet reported_;  // sessions with patterns
  RecentSet told_;      // near sides with their keys
  RecentSet waiting_;   // sessions that may be far sides, of which a match was reported
};

}  // namespace mogura::app
