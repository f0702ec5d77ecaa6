#pragma once

// The population analysis of a running `watch`: sessions go into the sliding window, every few minutes of
// packet time the window is judged on a thread of its own, and what it gave is handed on.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "app/window_analysis.h"

namespace mogura::app {

struct PopulationWatchOptions {
  JudgingOptions judging;
  std::chrono::seconds window{};
  std::chrono::seconds interval{};
  // Judges on the calling thread, which waits: for files, so that what comes out does not depend on how fast
  // they are read.
  bool waits = false;
  // What the challenge was answered; asked for on the thread that judges. None: nobody is asked.
  std::function<finding::Answers(Timestamp now)> answers{};
};

class PopulationWatch {
 public:
  // Comes on the thread that judges, one call at a time.
  using Consumer = std::function<void(const std::vector<finding::Finding>&, const Judging&, Timestamp now)>;

  PopulationWatch(const PopulationWatchOptions& options, Consumer on_judged)
      : options_(options), on_judged_(std::move(on_judged)), window_(options.judging, options.window) {}
  ~PopulationWatch() { stop(); }

  void start();
  // Waits for a judgement under way. May be called again.
  void stop();

  // Any thread.
  void set_allowed(std::shared_ptr<const finding::AllowList> allowed);

  // One thread calls these three.
  void add(const session::Session& session, std::span<const std::string_view> patterns) {
    window_.add(session, patterns);
  }
  void advance(Timestamp now);
  // All sessions are in: stops, and judges a last time, on the calling thread.
  void finish(Timestamp now);

 private:
  void run();
  void judge(Timestamp now);

  const PopulationWatchOptions options_;
  const Consumer on_judged_;
  WindowAnalysis window_;
  std::optional<Timestamp> next_;  // of the thread that calls advance()

  std::mutex mutex_;  // guards the rest
  std::condition_variable wanted_;
  std::optional<Timestamp> due_;  // judge at that time; a later one replaces it
  bool is_stopping_ = false;
  std::shared_ptr<const finding::AllowList> allowed_;

  std::thread thread_;
};

}  // namespace mogura::app
