#include "doctor/clock.h"

#include <fmt/format.h>
#include <sys/timex.h>

namespace mogura::doctor {
namespace {

constexpr double kTolerableErrorS = 1;
constexpr double kMicroseconds = 1e6;

}  // namespace

ClockFacts look_at_clock() {
  timex state{};
  const int status = adjtimex(&state);  // modes 0: only looks
  if (status < 0) return {};
  return {true, status != TIME_ERROR && (state.status & STA_UNSYNC) == 0,
          static_cast<double>(state.esterror) / kMicroseconds};
}

Remark judge_clock(const ClockFacts& facts) {
  if (!facts.is_known) return {Level::kUnseen, "clock", "", "the kernel does not say how good it is", ""};
  if (!facts.is_synchronised) {
    return {Level::kWarning, "clock", "", "is not synchronised",
            "timedatectl set-ntp true, or another way to NTP"};
  }
  if (facts.estimated_error_s > kTolerableErrorS) {
    return {Level::kWarning, "clock", "", fmt::format("may be wrong by {:.1f} s", facts.estimated_error_s),
            "look at the NTP client"};
  }
  return {Level::kOk, "clock", "", "is synchronised", ""};
}

std::optional<Remark> judge_latest(const std::string& database, Timestamp latest, Timestamp now) {
  if (latest <= now + kFutureTolerated) return std::nullopt;
  return Remark{Level::kWarning, "clock", database,
                "has sessions of " + to_rfc3339(latest) +
                    ", which is yet to come: the clock of a sensor was ahead, or this one is behind",
                "compare the clocks; until then such sessions are taken for the latest"};
}

}  // namespace mogura::doctor
