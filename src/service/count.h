#pragma once

// What event loops count.

#include <array>
#include <atomic>
#include <cstdint>

#include "challenge/question.h"

namespace mogura::service {

// A number that one thread adds to and any thread reads.
class Count {
 public:
  void add(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - by, std::memory_order_relaxed);
  }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// One more of each that was asked.
inline void count_asked(const challenge::QuestionSet& asked,
                        std::array<Count, challenge::kQuestions>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (asked.has(static_cast<challenge::Question>(i))) counts[i].add();
  }
}

}  // namespace mogura::service
