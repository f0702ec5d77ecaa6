#pragma once

// Sums over all that is stored, read from where they are kept: totals, hours, groups, sensors; and when who
// looked at them.

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

inline constexpr std::size_t kHoursShown = std::size_t{24} * 92;

[[nodiscard]] Result<report::Totals> totals(const Database& database, Timestamp now);
// Where there are more than kHoursShown, the latest.
[[nodiscard]] Result<std::vector<report::Hour>> hours(const Database& database, Timestamp from, Timestamp to);
// Seen last first, at most Page::kMost.
[[nodiscard]] Result<std::vector<report::Sensor>> sensors(const Database& database);
[[nodiscard]] Result<std::vector<population::Group>> groups(const Database& database, population::GroupBy by);
[[nodiscard]] Result<std::optional<Timestamp>> last_look(const Database& database, std::string_view user);
Result<std::optional<Timestamp>> look(Database& database, std::string_view user, Timestamp now);

}  // namespace mogura::store::detail
