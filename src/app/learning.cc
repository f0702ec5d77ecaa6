#include "app/learning.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/pattern_folder.h"
#include "pattern/learner.h"
#include "report/text_width.h"

namespace mogura::app {
namespace {

// An accepted pattern of that id stays as it is.
Result<bool> write_candidate(const pattern::Pattern& candidate, const std::string& folder) {
  std::error_code ignored;
  const Result<std::string> path = pattern_path(folder, candidate.id);
  if (path && std::filesystem::exists(*path, ignored)) {
    const Result<pattern::Pattern> known = read_pattern(folder, candidate.id);
    if (!known || !known->is_candidate) return false;
  }
  if (Result<void> written = write_pattern(folder, candidate); !written)
    return tl::unexpected(written.error());
  return true;
}

std::string describe(const finding::Finding& finding, const std::vector<pattern::Pattern>& candidates) {
  if (candidates.empty()) {
    return fmt::format("mogura: {}: nothing tells its sessions from the ordinary ones\n",
                       report::escape_for_terminal(finding.destination));
  }
  std::string text;
  for (const pattern::Pattern& candidate : candidates) {
    text += fmt::format("mogura: {}: candidate {}", report::escape_for_terminal(finding.destination),
                        candidate.id);
    if (candidate.rates) {
      text += fmt::format(" matches {} of its {} sessions and {} of {} ordinary ones",
                          candidate.rates->service_hits, candidate.rates->service_sessions,
                          candidate.rates->ordinary_hits, candidate.rates->ordinary_sessions);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::vector<Learnt> learn_patterns(const std::vector<finding::Finding>& findings,
                                   const finding::Collector& collector, std::uint32_t min_repeats,
                                   std::size_t most) {
  const std::vector<const session::Session*> ordinary = collector.ordinary_sessions(findings);
  std::vector<Learnt> learnt;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const finding::Finding& finding = findings[i];
    if (finding.score < finding::kLookAt || most-- == 0) break;
    pattern::Service service{finding.finding_id, finding.destination, finding.application.name,
                             collector.sessions_of(finding)};
    if (service.sessions.empty()) continue;
    learnt.push_back({i, pattern::learn(service, ordinary, min_repeats)});
  }
  return learnt;
}

Result<LearningReport> write_candidates(const std::vector<Learnt>& learnt,
                                        const std::vector<finding::Finding>& findings,
                                        const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, folder, error.message());
  LearningReport report;
  for (const Learnt& one : learnt) {
    for (const pattern::Pattern& candidate : one.candidates) {
      const Result<bool> written = write_candidate(candidate, folder);
      if (!written) return tl::unexpected(written.error());
      if (*written) ++report.candidates;
    }
    report.text += describe(findings[one.finding], one.candidates);
  }
  return report;
}

}  // namespace mogura::app
