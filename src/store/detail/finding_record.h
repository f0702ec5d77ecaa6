#pragma once

// One finding with all that is kept about it, its sessions over time, and what people do to it. Errors as
// report/archive.h: kUsage where there is no such finding.

#include <functional>
#include <string_view>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"
#include "store/detail/session_walk.h"

namespace mogura::store::detail {

[[nodiscard]] Result<report::FindingRecord> finding_record(const Database& database,
                                                           std::string_view finding_id, Timestamp now);
[[nodiscard]] Result<report::Timeline> timeline(const Database& database, std::string_view finding_id,
                                                std::size_t slices);
// Its sessions of all that is stored: of its kind, at its destinations.
[[nodiscard]] Result<SessionWalk> sessions_of_finding(const Database& database, std::string_view finding_id);

Result<void> decide(Database& database, std::string_view finding_id, const report::Decision& decision,
                    const report::AuditEntry& audit);
Result<void> name_application(Database& database, std::string_view finding_id, std::string_view name,
                              const report::AuditEntry& audit);
Result<void> assign(Database& database, std::string_view finding_id, std::string_view assignee,
                    const report::AuditEntry& audit);
Result<void> add_note(Database& database, std::string_view finding_id, std::string_view text,
                      const report::AuditEntry& audit);

}  // namespace mogura::store::detail
