#pragma once

// A queue between threads. Unbounded by itself: what goes through it is bounded by the number of Work
// objects.

#include <condition_variable>
#include <deque>
#include <mutex>

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
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> values_;
};

}  // namespace mogura::app
