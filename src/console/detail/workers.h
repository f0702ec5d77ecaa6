#pragma once

// Threads that do what takes time, so that the loop never waits: the database, whois, password hashes. Each
// has an Archive and an Api of its own. There are lanes, so that one kind of work cannot hold up another:
//
//   kQuick   the pages' questions and live events: milliseconds   as many threads as are asked for
//   kSlow    whois, trying patterns, downloads: seconds           two
//   kLogin   password hashes, which strangers can ask for         one
//
// open() and stop() are the owner's; submit() is any thread's.

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "console/api.h"
#include "console/console.h"
#include "report/archive.h"

namespace mogura::console::detail {

enum class Lane : std::uint8_t { kQuick, kSlow, kLogin };

// What a job finds on its thread.
struct Bench {
  std::unique_ptr<report::Archive> archive;
  Api api;
};

class Workers {
 public:
  static constexpr std::size_t kLanes = 3;
  static constexpr unsigned kSlowThreads = 2, kLoginThreads = 1;
  // Logins that wait: no more, or those of strangers would keep everybody waiting.
  static constexpr std::size_t kLogins = 8;
  using Job = std::function<void(Bench&)>;

  // At most `jobs` wait in a lane, and kLogins in that one.
  explicit Workers(std::size_t jobs) : jobs_(jobs) {}
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Opens every thread's archive. Errors: those of open_archive.
  Result<void> open(const Options& options, const Surroundings& surroundings);
  void start();
  // What is under way is finished; what waits is dropped.
  void stop();
  // False: too many are waiting. A job does not throw.
  bool submit(Lane lane, Job job);

 private:
  struct Queue {
    std::deque<Job> waiting;
    std::condition_variable has_work;
  };
  struct Thread {
    Lane lane;
    std::unique_ptr<Bench> bench;
    std::thread thread{};
  };
  void run(Queue& queue, Bench& bench);

  const std::size_t jobs_;
  std::mutex mutex_;  // guards the queues and is_stopping_
  std::array<Queue, kLanes> queues_;
  bool is_stopping_ = false;
  std::vector<Thread> threads_;
};

}  // namespace mogura::console::detail
