#pragma once

// Whether this machine's clock can be trusted: findings of several sensors are compared by time, and cookies
// of several proxies expire by it. Any thread.

#include <chrono>
#include <optional>
#include <string>

#include "base/time.h"
#include "doctor/remark.h"

namespace mogura::doctor {

struct ClockFacts {
  bool is_known = false;
  bool is_synchronised = false;
  double estimated_error_s = 0;  // as the kernel was told (adjtimex(2), esterror)
};
ClockFacts look_at_clock();
Remark judge_clock(const ClockFacts& facts);

// Times of a database that are further in the future than this tell that a clock was wrong.
inline constexpr std::chrono::minutes kFutureTolerated{2};
std::optional<Remark> judge_latest(const std::string& database, Timestamp latest, Timestamp now);

}  // namespace mogura::doctor
