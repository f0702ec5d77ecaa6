#pragma once

// What becomes of the sessions of a running proxy: stored, and judged as a population now and then, as
// `watch` does with those of an interface. A thread of its own; the proxy's loops only put them into a queue.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "app/population_watch.h"
#include "app/store_writer.h"
#include "session/session.h"

namespace mogura::app {

class ProxySessions {
 public:
  // Sessions waiting; beyond, they are counted as lost.
  static constexpr std::size_t kQueued = 65'536;

  // The store must be open for writing.
  ProxySessions(store::Store store, std::chrono::seconds keep);
  ~ProxySessions() { stop(); }
  void start();
  // Judges a last time and writes everything. May be called again.
  void stop();
  // Any thread.
  void add(const session::Session& session);
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  void run();
  void put(const std::vector<finding::Finding>& findings, const Judging& judging, Timestamp now);

  StoreWriter writer_;
  PopulationWatch population_;
  std::mutex mutex_;  // guards the queue
  std::condition_variable filled_;
  std::vector<session::Session> queue_;
  bool is_stopping_ = false;
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

}  // namespace mogura::app
