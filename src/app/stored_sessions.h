#pragma once

// Sessions read back from the database, for whoever tries or learns patterns. One thread.

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "report/archive.h"
#include "session/session.h"

namespace mogura::app {

// Where to end, whichever comes first.
struct StoredBounds {
  std::size_t sessions = 0;
  std::chrono::steady_clock::time_point until{};
};

using StoredConsumer = std::function<void(const report::SessionRow& row, const session::Session& session)>;

// Newest first. A line that is no session line is passed over.
Result<void> read_latest_sessions(report::Archive& archive, const StoredBounds& bounds,
                                  const StoredConsumer& take);
// Those of a finding; kUsage: there is none of that id.
Result<void> read_finding_sessions(report::Archive& archive, std::string_view finding_id,
                                   const StoredBounds& bounds, const StoredConsumer& take);

}  // namespace mogura::app
