#pragma once

// How often something may happen: so many at once, and so many more with each second. A plain value.

#include <algorithm>
#include <cstdint>

namespace mogura::http2::detail {

class Allowance {
 public:
  Allowance(std::uint32_t at_once, std::uint32_t per_second)
      : most_(std::int64_t{at_once} * kScale), per_ms_(per_second), left_(most_) {}

  // One more, at this time (milliseconds of any clock that does not go back). False: it is too many.
  bool take(std::int64_t now_ms) {
    if (last_ms_ != 0) left_ = std::min(most_, left_ + std::min(now_ms - last_ms_, kLongest) * per_ms_);
    last_ms_ = now_ms;
    if (left_ < kScale) return false;
    left_ -= kScale;
    return true;
  }

 private:
  static constexpr std::int64_t kScale = 1000;  // thousandths, so that milliseconds count
  static constexpr std::int64_t kLongest = 3'600'000;

  std::int64_t most_, per_ms_, left_, last_ms_ = 0;
};

}  // namespace mogura::http2::detail
