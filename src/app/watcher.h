#pragma once

// One run of `mogura watch`. Threads:
//
//   main ........ signals, reloading, counters
//   data ........ collects sessions: WatchStage (from a file: reads as well)
//   workers ..... one per ring, or those of the pipeline for files
//   population .. judges the window;  store .. writes the database;  one of each sink

#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "app/alerting.h"
#include "app/commands.h"
#include "app/signals.h"
#include "app/watch_counters.h"
#include "app/watch_options.h"
#include "app/watch_stage.h"
#include "capture/source.h"
#include "report/archive.h"

namespace mogura::app {

class Watcher {
 public:
  explicit Watcher(const WatchOptions& options) : options_(options) {}
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  Exit run();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using Clock = std::chrono::steady_clock;
  using Matcher = std::shared_ptr<const pattern::Matcher>;
  using Allowed = std::shared_ptr<const finding::AllowList>;

  // Everything that can go wrong before the first packet.
  Result<void> prepare();
  Result<void> open_source();
  Result<void> open_store();
  Result<void> open_stats();
  [[nodiscard]] Alerting::Memory memory();
  [[nodiscard]] Result<Matcher> load_patterns() const;
  [[nodiscard]] Result<Allowed> load_allowed() const;
  // For findings to come and those of the database.
  void set_allowed(const Allowed& allowed);
  void restore_window();

  void run_data();
  void watch_interface();
  void watch_files();
  [[nodiscard]] PipelineOptions pipeline_options();
  void take(const session::Session& session);
  void show(const LiveCountersNow& now);

  void supervise();
  void on_signal(int signal);
  void reload();
  void request_stop();
  void check_stdout();
  WatchCounters collect_counters();
  void write_counters(bool is_last);
  // Tells the console that this watch is there, and what it has counted.
  void tell_sensor(bool has_ended);
  [[nodiscard]] Exit finish();
  [[nodiscard]] Exit status() const;

  const WatchOptions& options_;
  Signals signals_;
  std::vector<Address> proxies_;
  std::unique_ptr<const session::Redactor> redactor_;
  std::unique_ptr<StoreWriter> store_;
  report::Sensor sensor_;  // where there is a store
  std::unique_ptr<Alerting> alerting_;
  std::unique_ptr<WatchStage> stage_;
  std::vector<std::unique_ptr<capture::LiveRing>> rings_;
  std::unique_ptr<capture::Source> source_;
  std::unique_ptr<std::FILE, CloseFile> stats_;

  std::thread data_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> is_done_{false};
  std::exception_ptr failure_;  // of the data thread, when it is done

  std::atomic<std::uint64_t> sessions_{0};
  std::mutex mutex_;     // guards now_ while the data thread runs
  LiveCountersNow now_;  // what it shows

  std::uint64_t patterns_ = 0;
  std::uint64_t reloads_ = 0;
  std::uint64_t failed_reloads_ = 0;
  bool is_stdout_gone_ = false;
};

}  // namespace mogura::app
