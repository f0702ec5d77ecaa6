#pragma once

// The time, for those parts of the program that may look at a clock.

#include <chrono>

#include "base/time.h"

namespace mogura::app {

inline Timestamp clock_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace mogura::app
