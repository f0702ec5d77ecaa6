#pragma once

// From findings to candidate patterns, and these into a folder.

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/collector.h"
#include "pattern/pattern.h"

namespace mogura::app {

// Candidates for one finding; empty: nothing tells its sessions from the ordinary ones.
struct Learnt {
  std::size_t finding = 0;  // its place in the list
  std::vector<pattern::Pattern> candidates;
};

// Learns from the first `most` findings to look at, as far as sessions of theirs were kept: some milliseconds
// for each.
std::vector<Learnt> learn_patterns(const std::vector<finding::Finding>& findings,
                                   const finding::Collector& collector, std::uint32_t min_repeats,
                                   std::size_t most);

struct LearningReport {
  std::size_t candidates = 0;
  std::string text;  // for people: a line for each finding
};

// Writes the candidates into `folder`, which is made if it is missing. Candidates of the same id are written
// anew; accepted patterns are never touched.
Result<LearningReport> write_candidates(const std::vector<Learnt>& learnt,
                                        const std::vector<finding::Finding>& findings,
                                        const std::string& folder);

}  // namespace mogura::app
