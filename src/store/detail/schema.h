#pragma once

// The tables of docs/formats/database.md, as a list of steps: step n leads from schema n-1 to schema n, and
// never changes once released. The schema's number is SQLite's user_version.

#include <cstdint>
#include <span>

#include "base/result.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

// "mogu": how a file of ours is told from other programs' (SQLite's application_id).
inline constexpr std::int64_t kApplicationId = 0x6D6F6775;

std::span<const char* const> migrations();

// Ours or empty, and not newer than `known` steps. Writes nothing. Errors as Store::open.
Result<void> check_schema(Database& database, std::size_t known);

// Takes the missing steps, each in a transaction of its own. Any number of processes may do so at once.
Result<void> migrate(Database& database, std::span<const char* const> steps);

}  // namespace mogura::store::detail
