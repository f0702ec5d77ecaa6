#pragma once

// An analysis as rows: groups and findings, with what lists of findings show and are searched by.

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/analysis.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// Destinations of one finding whose sessions are looked for; its line has all of them.
inline constexpr std::size_t kFindingDestinations = 64;
// Bytes that a finding is searched by: destinations, User-Agents, clients.
inline constexpr std::size_t kWordsBytes = std::size_t{64} << 10;

// By population::GroupBy.
[[nodiscard]] std::string name_of_table(std::size_t table);

// In one transaction. What people said of a finding stays.
Result<void> write_analysis(Database& database, const report::Analysis& analysis);

// The same of findings that no session was seen of, and of these alone: what else there is stays. One of a
// host that another current finding is about is left out.
Result<void> write_findings_without_sessions(Database& database,
                                             const std::vector<finding::Finding>& findings);

}  // namespace mogura::store::detail
