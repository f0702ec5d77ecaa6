#pragma once

// File descriptors, and waiting for them in a way that another thread can end.

#include <chrono>
#include <utility>

namespace mogura::alert::detail {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

// A bell: once rung it stays so. Any thread.
class Bell {
 public:
  Bell();
  void ring() const;
  [[nodiscard]] bool is_rung() const;
  [[nodiscard]] int descriptor() const { return event_.get(); }

 private:
  Descriptor event_;
};

enum class Ready { kYes, kTooLate, kInterrupted };

// Until `events` (POLLIN, POLLOUT; errors count as ready), the deadline, or the bell.
Ready wait_for(int descriptor, short events, Clock::time_point deadline, const Bell& bell);

// In the thread that calls it: signals are the main thread's matter, and writing to what nobody reads any
// more is an error, not SIGPIPE.
void block_signals();

}  // namespace mogura::alert::detail
