#pragma once

// Deleting what is old, in slices of at most kForgottenAtOnce rows, so that other writers get their turn.

#include <cstdint>

#include "base/result.h"
#include "store/detail/database.h"

namespace mogura::store::detail {

inline constexpr std::int64_t kForgottenAtOnce = 10'000;

// As Store's.
Result<void> forget_sessions_before(Database& database, std::int64_t cutoff_us);
Result<void> forget_before(Database& database, std::int64_t cutoff_us);

}  // namespace mogura::store::detail
