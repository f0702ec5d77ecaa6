#pragma once

// A queue between threads. Unbounded by itself: what goes through it is bounded by the number of Work
// objects.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace mogura::app {

template <class T>
class Queue {
 public:
  void push(T value) {
    {
      const std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
    }
    ready_.notify_one();
  }

  // Waits for a value.
  T pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return !values_.empty(); });
    return take_front();
  }

  // The same, but waits at most that long.
  std::optional<T> pop_within(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!ready_.wait_for(lock, patience, [this] { return !values_.empty(); })) return std::nullopt;
    return take_front();
  }

 private:
  T take_front() {
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> values_;
};

}  // namespace mogura::app
