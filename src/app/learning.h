#pragma once

// From findings to candidate patterns in a folder.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/collector.h"

namespace mogura::app {

struct LearningReport {
  std::size_t candidates = 0;
  std::string text;  // for people: a line for each finding
};

// Learns from the findings to look at and writes the candidates into `folder`, which is made if it is
// missing. Candidates of the same id are written anew; accepted patterns are never touched.
Result<LearningReport> learn_patterns(const std::vector<finding::Finding>& findings,
                                      const finding::Collector& collector, const std::string& folder,
                                      std::uint32_t min_repeats);

}  // namespace mogura::app
