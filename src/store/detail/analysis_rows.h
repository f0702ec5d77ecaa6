#pragma once

// An analysis as rows: groups and findings, with what lists of findings show and are searched by.

#include <cstddef>
#include <string>

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

}  // namespace mogura::store::detail
