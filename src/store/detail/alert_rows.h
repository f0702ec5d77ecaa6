#pragma once

// Pages of alerts, and what came after one.

#include <vector>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// Alerts that a page without an index to lead to it looks through: their index alone is read.
inline constexpr std::size_t kAlertsLookedAt = 100'000;

[[nodiscard]] Result<report::Rows<report::AlertRow>> alert_page(const Database& database,
                                                                const report::AlertFilter& filter,
                                                                const report::Page& page);
[[nodiscard]] Result<std::vector<report::AlertRow>> alerts_after(const Database& database, std::int64_t id);
[[nodiscard]] Result<std::int64_t> last_alert(const Database& database);

}  // namespace mogura::store::detail
