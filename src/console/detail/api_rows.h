#pragma once

// What each kind of row tells (docs/formats/console-api.md, Lists). Private to the room; any thread.

#include "console/detail/api_fields.h"
#include "console/workshop.h"
#include "population/groups.h"
#include "report/archive.h"

namespace mogura::console::detail {

// A group, and the table that decides what it has.
struct GroupRow {
  population::Group group{};
  population::GroupBy by = population::GroupBy::kDestination;
};

void describe(const report::FindingRow& row, Fields& fields);
void describe(const report::FindingGroupRow& row, Fields& fields);
void describe(const report::SessionRow& row, Fields& fields);
void describe(const report::ClientRow& row, Fields& fields);
void describe(const report::VerdictRow& row, Fields& fields);
void describe(const report::ChallengeHour& row, Fields& fields);
void describe(const report::AlertRow& row, Fields& fields);
void describe(const report::AuditEntry& row, Fields& fields);
void describe(const report::Note& row, Fields& fields);
void describe(const report::Hour& row, Fields& fields);
void describe(const report::Totals& totals, Fields& fields);
void describe(const PatternRow& row, Fields& fields);
void describe(const GroupRow& row, Fields& fields);

}  // namespace mogura::console::detail
