#pragma once

// Collects what the rules need to know, session by session, and judges at the end. A service is the sessions
// of one kind to one destination; each gives at most one finding, and a program that goes to several places
// of its own gives one for all of them where none of them tells enough alone. What programs answered to the
// challenge (finding/answers.h) is evidence about the service at that host, or a finding by itself. One
// thread. Memory is bounded
// by the limits named here; what goes beyond is counted. The findings do not depend on the order of the
// sessions, as long as no limit is reached.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "finding/allow.h"
#include "finding/answers.h"
#include "finding/finding.h"
#include "identity/catalogue.h"
#include "identity/second_opinion.h"
#include "population/population.h"
#include "session/session.h"

namespace mogura::finding {

// Sessions kept whole, over all services.
inline constexpr std::size_t kKeptSessionsInAll = 32'768;
// Findings given.
inline constexpr std::size_t kFindings = 1000;

struct CollectorOptions {
  std::uint32_t min_repeats = 5;      // feature::Options
  std::size_t ordinary_sessions = 0;  // sessions kept as a sample of all, to test learned patterns on
};

// What findings are judged with. All must outlive the call.
struct Judgement {
  const population::Population& population;  // of the same sessions
  const identity::Catalogue& catalogue;
  identity::SecondOpinion* second_opinion = nullptr;
  const AllowList* allow = nullptr;
  Timestamp now{};  // for the expiry of the allow list's entries
  const Answers* answers = nullptr;
};

class Collector {
 public:
  explicit Collector(const Limits& limits = {}, const CollectorOptions& options = {});
  ~Collector();
  Collector(Collector&&) noexcept;
  Collector& operator=(Collector&&) noexcept;

  // `patterns`: ids of the registered patterns that the session matches.
  void add(const session::Session& session, std::span<const std::string_view> patterns = {});
  // Adds what `other`, made with the same limits and options, has collected.
  void merge(const Collector& other);

  // Highest score first; equal ones by destination and kind. More sessions may be added afterwards.
  [[nodiscard]] std::vector<Finding> findings(const Judgement& judgement) const;

  // Kept sessions of a finding's service; until the next add() or merge().
  [[nodiscard]] std::vector<const session::Session*> sessions_of(const Finding& finding) const;
  // The sample of all sessions but for those of these findings; until the next add() or merge().
  [[nodiscard]] std::vector<const session::Session*> ordinary_sessions(const std::vector<Finding>& but) const;

  // Sessions that were not judged because there were too many services.
  [[nodiscard]] std::uint64_t sessions_not_judged() const { return sessions_not_judged_; }

 private:
  struct Services;

  Limits limits_;
  CollectorOptions options_;
  std::unique_ptr<Services> services_;
  std::uint64_t sessions_not_judged_ = 0;
};

}  // namespace mogura::finding
