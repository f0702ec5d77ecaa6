#pragma once

// The audit log: it only grows; the tables' triggers refuse everything else.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/archive.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// Texts are cut at kGivenTextBytes. Inside a transaction, or one by itself.
Result<void> write_audit(Database& database, const report::AuditEntry& entry);
// Newest first.
[[nodiscard]] Result<report::Rows<report::AuditEntry>> audit_page(const Database& database,
                                                                  const report::Page& page);
[[nodiscard]] Result<std::vector<report::AuditEntry>> audit_about(const Database& database,
                                                                  std::string_view subject, std::size_t most);

}  // namespace mogura::store::detail
