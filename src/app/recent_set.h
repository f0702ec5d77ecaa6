#pragma once

// The latest N keys that were put in: to do something once for each, in bounded memory. One thread.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_set>

namespace mogura::app {

class RecentSet {
 public:
  explicit RecentSet(std::size_t capacity) : capacity_(capacity) {}

  // False where it was in already.
  bool insert(std::uint64_t key) {
    if (!keys_.insert(key).second) return false;
    order_.push_back(key);
    if (order_.size() > capacity_) {
      keys_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }
  [[nodiscard]] bool contains(std::uint64_t key) const { return keys_.contains(key); }

 private:
  std::size_t capacity_;
  std::unordered_set<std::uint64_t> keys_;
  std::deque<std::uint64_t> order_;
};

}  // namespace mogura::app
