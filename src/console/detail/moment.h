#pragma once

// The console's sense of time for sessions, delays and time-outs: it only goes forward, and goes on while the
// machine sleeps, so that a session does not survive a night with the lid closed.

#include <time.h>

#include <chrono>

#include "base/time.h"

namespace mogura::console::detail {

using Millis = std::chrono::milliseconds;
using Moment = std::chrono::milliseconds;  // since some beginning

inline Moment moment() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + Millis(now.tv_nsec / 1'000'000);
}

// For what is written down.
inline Timestamp wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace mogura::console::detail
