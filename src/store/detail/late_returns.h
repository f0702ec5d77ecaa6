#pragma once

// Returns of the cookie that could not be told to the store when they came. They are told later: without them
// a miss from before and one from after would look like two in a row. The latest of each key, and of a
// bounded number of keys. Not locked.

#include <unordered_map>

#include "challenge/state.h"
#include "store/detail/state_table.h"

namespace mogura::store::detail {

class LateReturns {
 public:
  static constexpr std::size_t kMost = 4096;
  using Returns = std::unordered_map<challenge::StateKey, challenge::Input, StateKeyHash>;

  static bool concerns(const challenge::Input& input) {
    return input.sign == challenge::Sign::kCurrent || input.sign == challenge::Sign::kPrevious;
  }

  void add(const challenge::StateKey& key, const challenge::Input& input) {
    if (returns_.size() < kMost || returns_.contains(key)) {
      returns_.insert_or_assign(key, input);
    } else {
      has_overflowed_ = true;
    }
  }
  [[nodiscard]] const Returns& returns() const { return returns_; }
  // Some are not among returns().
  [[nodiscard]] bool has_overflowed() const { return has_overflowed_; }

 private:
  Returns returns_;
  bool has_overflowed_ = false;
};

}  // namespace mogura::store::detail
