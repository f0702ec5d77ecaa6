#pragma once

// What becomes of the sessions of a running proxy: stored, and judged as a population now and then, as
// `watch` does with those of an interface, together with what was answered to the challenge. A thread of its
// own; the proxy's loops only put them into a queue.

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "app/answer_book.h"
#include "app/population_watch.h"
#include "app/proxy_verdicts.h"
#include "app/store_writer.h"
#include "app/suspect_board.h"
#include "session/redactor.h"
#include "session/session.h"

namespace mogura::app {

class ProxySessions {
 public:
  // Sessions waiting; beyond, they are counted as lost.
  static constexpr std::size_t kQueued = 65'536;

  // How the population is judged, and who is told whom to ask.
  struct Prefilter {
    std::size_t least_sessions = 0;
    std::chrono::seconds refresh{};
    std::shared_ptr<SuspectBoard> board{};
    // Else nobody calls add() with one (an ICAP service that is to keep none): the database's sessions and
    // findings are another's, and stay.
    bool sees_sessions = true;
  };

  // The store must be open for writing. `redactor`: nullptr where nothing is redacted.
  ProxySessions(store::Store store, std::chrono::seconds keep,
                std::unique_ptr<const session::Redactor> redactor, Prefilter prefilter);
  ~ProxySessions() { stop(); }
  void start();
  // Judges a last time and writes everything. May be called again.
  void stop();
  // Any thread, both.
  void add(const session::Session& session);
  void add(const proxy::Event& event);
  // What the console is told of this proxy now.
  void put(const report::Sensor& sensor) { writer_.put(sensor); }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t lost_events() { return verdicts_.lost() + answers_.lost(); }

 private:
  // What an earlier run saw within the window, so that a restart begins with a population and with answers.
  void restore();
  void run();
  void put(const std::vector<finding::Finding>& findings, const Judging& judging, Timestamp now);

  const std::unique_ptr<const session::Redactor> redactor_;
  const Prefilter prefilter_;
  StoreWriter writer_;
  AnswerBook answers_;
  PopulationWatch population_;
  ProxyVerdicts verdicts_;
  std::mutex mutex_;  // guards the queue
  std::condition_variable filled_;
  std::vector<session::Session> queue_;
  bool is_stopping_ = false;
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

}  // namespace mogura::app
