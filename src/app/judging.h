#pragma once

// What turns sessions into findings, put together: the population, the collector of evidence, and what they
// are judged with. `analyze` has one, `watch` one for each part of its window. One thread.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "finding/collector.h"
#include "population/population.h"
#include "session/session.h"

namespace mogura::app {

struct JudgingOptions {
  Limits limits;
  std::uint64_t min_exchanges = 10;
  finding::CollectorOptions collector;
};

class Judging {
 public:
  explicit Judging(const JudgingOptions& options)
      : population_(options.limits, options.min_exchanges), collector_(options.limits, options.collector) {}

  void add(const session::Session& session, std::span<const std::string_view> patterns = {}) {
    population_.add(session);
    collector_.add(session, patterns);
  }
  void merge(const Judging& other) {
    population_.merge(other.population_);
    collector_.merge(other.collector_);
  }
  // `allow`, `second_opinion` and `answers` may be nullptr.
  [[nodiscard]] std::vector<finding::Finding> findings(const finding::AllowList* allow, Timestamp now,
                                                       identity::SecondOpinion* second_opinion,
                                                       const finding::Answers* answers = nullptr) const {
    return collector_.findings(
        {population_, identity::Catalogue::bundled(), second_opinion, allow, now, answers});
  }

  [[nodiscard]] const population::Population& population() const { return population_; }
  [[nodiscard]] const finding::Collector& collector() const { return collector_; }

 private:
  population::Population population_;
  finding::Collector collector_;
};

}  // namespace mogura::app
