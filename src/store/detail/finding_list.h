#pragma once

// The list of findings: read as a whole (at most kFindingsListed), filtered, ordered and cut into pages here,
// since there are few of them and filters look into joined texts.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// In SQL: the status that counts; ?1 is now, in microseconds.
inline constexpr std::string_view kStatusNow =
    "CASE WHEN decision IS NULL OR (decision = 'sanctioned' AND decision_expires_us <= ?1) THEN status"
    " ELSE decision END";

[[nodiscard]] Result<report::Rows<report::FindingRow>> list_findings(const Database& database,
                                                                     const report::FindingFilter& filter,
                                                                     const report::Page& page, Timestamp now);
[[nodiscard]] Result<std::vector<report::FindingGroupRow>> group_findings(const Database& database,
                                                                          const report::FindingFilter& filter,
                                                                          report::FindingGroup by,
                                                                          Timestamp now);
// All of one row; an empty id: there is none of that id.
[[nodiscard]] Result<report::FindingRow> finding_row(const Database& database, std::string_view finding_id,
                                                     Timestamp now);

}  // namespace mogura::store::detail
