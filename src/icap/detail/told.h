#pragma once

// What has been said, so that a page's hundred pictures do not give a hundred lines: hashes, remembered for
// some minutes. Bounded; when full, everything may be said once more. Any thread.

#include <cstdint>
#include <mutex>
#include <unordered_set>

#include "base/time.h"

namespace mogura::icap::detail {

class Told {
 public:
  static constexpr std::size_t kEntries = 65'536;
  static constexpr Duration kKept = std::chrono::minutes(10);

  // Whether it was said; from now on it was.
  bool was(std::uint64_t what, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    if (said_.size() >= kEntries || now - since_ > kKept || now < since_) {
      said_.clear();
      since_ = now;
    }
    return !said_.insert(what).second;
  }

 private:
  std::mutex mutex_;  // guards the rest
  std::unordered_set<std::uint64_t> said_;
  Timestamp since_{};
};

}  // namespace mogura::icap::detail
