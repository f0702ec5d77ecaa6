#pragma once

// How long to wait before the next attempt: not at all after the first failure (a server that was restarted
// is back already), then the first pause, each further one twice as long up to the longest. A plain value.

#include <algorithm>
#include <chrono>

namespace mogura::alert::detail {

// Once the end has been asked for, no pause is longer: there may not be time for another attempt.
inline constexpr std::chrono::milliseconds kPauseAtEnd{200};

class Backoff {
 public:
  using Pause = std::chrono::nanoseconds;

  Backoff(double first_s, double longest_s) : first_(to_pause(first_s)), longest_(to_pause(longest_s)) {}

  void succeed() { next_ = Pause(0), has_failed_ = false; }
  // The pause before the next attempt.
  Pause fail() {
    const Pause pause = next_;
    next_ = has_failed_ ? std::min(std::max(next_ * 2, first_), longest_) : std::min(first_, longest_);
    has_failed_ = true;
    return pause;
  }

  static Pause to_pause(double seconds) {
    constexpr double kDay = 86'400;
    return std::chrono::duration_cast<Pause>(std::chrono::duration<double>(std::clamp(seconds, 0.0, kDay)));
  }

 private:
  Pause first_, longest_;
  Pause next_{0};
  bool has_failed_ = false;
};

}  // namespace mogura::alert::detail
