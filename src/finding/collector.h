#pragma once

// Collects what the rules need to know, session by session, and judges at the end. One thread. Memory is
// bounded: at most kSuspectDestinations with the lists of finding/finding.h each; sessions of further suspect
// destinations are counted, not judged. The findings do not depend on the order of the sessions, as long as
// that limit is not reached.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "finding/finding.h"
#include "session/session.h"

namespace mogura::finding {

inline constexpr std::size_t kSuspectDestinations = 4096;

class Collector {
 public:
  explicit Collector(const Limits& limits = {});
  ~Collector();
  Collector(Collector&&) noexcept;
  Collector& operator=(Collector&&) noexcept;

  // Cheap for sessions that no rule applies to.
  void add(const session::Session& session);

  // Highest score first; equal ones by destination. More sessions may be added afterwards.
  [[nodiscard]] std::vector<Finding> findings() const;
  // Suspect sessions that were not judged because kSuspectDestinations was reached.
  [[nodiscard]] std::uint64_t sessions_not_judged() const { return sessions_not_judged_; }

 private:
  struct Suspects;

  std::size_t exact_limit_;
  std::unique_ptr<Suspects> suspects_;
  std::uint64_t sessions_not_judged_ = 0;
};

}  // namespace mogura::finding
