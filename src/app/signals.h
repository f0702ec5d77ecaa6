#pragma once

// Signals taken one by one by the main thread instead of interrupting whatever runs.

#include <pthread.h>

#include <chrono>
#include <csignal>

namespace mogura::app {

class Signals {
 public:
  // What another thread sends to wake the main thread, and the main thread to make another's read() return.
  static constexpr int kWake = SIGUSR1;
  static constexpr int kInterrupt = SIGUSR2;

  // Before other threads are started: they take over that SIGHUP, SIGTERM, SIGINT and kWake are held back.
  // Writing to a closed pipe is an error from now on, and no longer the end.
  Signals();

  // The next signal; 0 if none comes in that time.
  [[nodiscard]] int wait(std::chrono::milliseconds patience) const;

 private:
  sigset_t held_{};
};

}  // namespace mogura::app
