#pragma once

// The model that every writer of this room writes: one analysis, complete. Plain values; the application
// fills it. The JSON form is docs/formats/analysis.md.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "finding/finding.h"
#include "population/groups.h"

namespace mogura::report {

// What was read. The fields are those of capture::InputReport.
struct Input {
  std::string path;
  std::string format;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::optional<Timestamp> first;
  std::optional<Timestamp> last;
  std::vector<Error> errors;
};

// The top of one table of groups.
struct GroupList {
  std::vector<population::Group> rows;  // most sessions first
  std::uint64_t groups = 0;             // in the whole table
};

using Counter = std::pair<std::string, std::uint64_t>;

struct Analysis {
  std::string version;  // of the program
  std::vector<Input> inputs;
  population::Breakdown breakdown;
  std::array<GroupList, population::kGroupTables> groups;  // by population::GroupBy
  std::vector<finding::Finding> findings;                  // highest score first
  std::vector<Counter> counters;                           // in the order to be written; names in snake_case
  std::vector<Counter> not_decoded;                        // packets by reason
};

inline constexpr std::size_t kGroupRows = 50;

// Fills breakdown and groups, and adds the counters groups_not_listed (keys beyond the limits of the tables)
// and group_sessions_not_listed (their sessions), both summed over the tables.
void set_groups(Analysis& analysis, const population::Groups& groups, std::size_t rows = kGroupRows);

}  // namespace mogura::report
