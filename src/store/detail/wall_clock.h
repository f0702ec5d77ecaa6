#pragma once

// The system's clock, as entries and snapshots note it.

#include <chrono>

#include "base/time.h"

namespace mogura::store::detail {

inline Timestamp wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace mogura::store::detail
