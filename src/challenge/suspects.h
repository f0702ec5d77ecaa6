#pragma once

// Whom to ask: what the population analysis says of who talks to whom (paper 1) decides who is asked a
// question (paper 2, §6: a statistical pre-filter). Asked is what is new here, until the next analysis has
// seen it, and what the analysis found suspicious; everything else is ordinary. Until there is a population,
// everything is new.
//
//   questions ──► SuspectMemory::note() ──┐
//   findings  ────────────────────────────┴─► refresh() ──► Suspects, which never changes ──► asks()

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/time.h"

namespace mogura::challenge {

// Immutable; any thread.
class Suspects {
 public:
  // `host`: lower case, without port.
  [[nodiscard]] bool asks(std::string_view user_agent, std::string_view host) const;
  // There is a population; without one, everybody is asked.
  [[nodiscard]] bool is_known() const { return is_known_; }

 private:
  friend class SuspectMemory;
  using Set = std::unordered_set<std::uint64_t>;
  // Programs at hosts; forgotten after some time, half by half, and then asked again.
  struct Judged {
    Set harmless, accused;
  };

  std::uint64_t seed_ = 0;
  bool is_known_ = false;
  Judged current_, previous_;
  Set hosts_, programs_;  // suspicious
};

// Collects, and makes a Suspects of what it has. One thread at a time.
class SuspectMemory {
 public:
  // Of either sort, in one half; beyond, what is new stays new.
  static constexpr std::size_t kMost = 100'000;

  // `seed`: random, so that nobody can make up a name that is taken for another. `half`: what was judged
  // longest ago is forgotten after this at least and twice this at most.
  explicit SuspectMemory(std::uint64_t seed = 0, Duration half = std::chrono::hours(24));

  // There was a verdict about this program at this host.
  void note(std::string_view user_agent, std::string_view host, bool is_accused);

  struct Analysis {
    bool has_population = false;          // large enough to say anything
    std::vector<std::string> hosts{};     // suspicious, lower case, without port
    std::vector<std::string> programs{};  // User-Agents, wherever they go
  };
  Suspects refresh(const Analysis& analysis, Timestamp now);

 private:
  Duration half_;
  Suspects next_;
  Timestamp half_began_{};
};

// Where a gate finds the latest. Any thread.
class SuspectSource {
 public:
  virtual ~SuspectSource() = default;
  [[nodiscard]] virtual std::shared_ptr<const Suspects> now() const = 0;
  // Changes with what now() gives, so that a reader need not ask for it each time.
  [[nodiscard]] virtual std::uint64_t version() const = 0;
};

}  // namespace mogura::challenge
