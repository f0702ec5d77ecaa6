#pragma once

// The counters of a running `watch`, and the line they make: docs/guides/watch.md.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alert/sink.h"
#include "app/live_pipeline.h"
#include "app/store_writer.h"
#include "report/analysis.h"

namespace mogura::app {

struct WatchCounters {
  Timestamp time{};      // of the clock
  bool is_last = false;  // nothing follows
  LiveCountersNow now;   // from a file: packets, paired sessions
  std::uint64_t sessions = 0;
  std::uint64_t pattern_alerts = 0, finding_alerts = 0, known_alerts = 0;
  std::uint64_t patterns = 0, reloads = 0, failed_reloads = 0;
  struct Sink {
    std::string name;
    alert::SinkCounters counters;
    std::string last_error;
  };
  std::vector<Sink> sinks;
  std::optional<StoreWriterCounters> store;
};

// With its end.
std::string write_counters_line(const WatchCounters& counters);
// Those that the console shows.
std::vector<report::Counter> sensor_counters(const WatchCounters& counters);

}  // namespace mogura::app
