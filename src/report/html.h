#pragma once

// Writes an analysis as one HTML file that asks nobody for anything: its script, its style and its data stand
// in it, and a content policy forbids all else (docs/formats/report.md). Without scripts the findings can be
// read all the same. Names from the wire are escaped for where they stand: as HTML text, or as JSON in which
// no character is left that HTML knows. Any thread.

#include <cstddef>
#include <string>
#include <vector>

#include "base/time.h"
#include "finding/activity.h"
#include "report/analysis.h"

namespace mogura::report {

// A pattern that would find the sessions of a finding again.
struct CandidatePattern {
  std::string id;
  std::string text;  // docs/formats/pattern.md
};

// What is shown of a finding beyond what the analysis says.
struct FindingDetails {
  finding::Timeline timeline;
  std::vector<CandidatePattern> candidates;
};

struct HtmlReport {
  const Analysis& analysis;
  Timestamp written{};
  std::vector<FindingDetails> details;  // by finding; those beyond the end have none
  std::string learned_into;             // the folder that the candidates were written to; empty: none was
};

// Bounds of one file, so that a browser opens it at once. What goes beyond is left out from the end, and the
// report says how much that was.
inline constexpr std::size_t kHtmlFindingBytes = std::size_t{5} << 19;  // all findings, as JSON
inline constexpr std::size_t kHtmlDetailBytes = std::size_t{1} << 20;   // all timelines and candidates
inline constexpr std::size_t kHtmlKeyBytes = 1024;  // a group's key; cut, it ends in "…"
inline constexpr std::size_t kHtmlInputs = 200;
inline constexpr std::size_t kHtmlErrors = 20;  // of one input

[[nodiscard]] std::string write_html(const HtmlReport& report);

}  // namespace mogura::report
