#pragma once

// Whom a running proxy asks, between the threads that judge requests and the one that judges the population.
// Any thread.

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>

#include "challenge/suspects.h"

namespace mogura::app {

class SuspectBoard : public challenge::SuspectSource {
 public:
  explicit SuspectBoard(std::uint64_t seed) : memory_(seed) {}

  void note(std::string_view user_agent, std::string_view host, bool is_accused) {
    const std::scoped_lock lock(mutex_);
    memory_.note(user_agent, host, is_accused);
  }
  void refresh(const challenge::SuspectMemory::Analysis& analysis, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    suspects_ = std::make_shared<const challenge::Suspects>(memory_.refresh(analysis, now));
    version_.fetch_add(1, std::memory_order_release);
  }

  [[nodiscard]] std::shared_ptr<const challenge::Suspects> now() const override {
    const std::scoped_lock lock(mutex_);
    return suspects_;
  }
  [[nodiscard]] std::uint64_t version() const override { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;  // guards the rest but for version_
  challenge::SuspectMemory memory_;
  std::shared_ptr<const challenge::Suspects> suspects_ = std::make_shared<const challenge::Suspects>();
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace mogura::app
