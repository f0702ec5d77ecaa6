#pragma once

// What the ICAP service has counted, as metrics for Prometheus (service/metrics.h serves them).
// docs/guides/beside-squid.md lists them. Any thread.

#include <string>
#include <vector>

#include "challenge/state_store.h"
#include "icap/counters.h"
#include "service/line_file.h"

namespace mogura::icap {

struct MetricsSource {
  std::vector<const Counters*> loops{};
  const challenge::StateStore* store = nullptr;
  const service::LineFile* events = nullptr;
  std::string mode{};       // of the challenge
  std::size_t waiting = 0;  // requests whose responses have not come
  // What the database could not take in time.
  std::uint64_t lost_sessions = 0, lost_events = 0;
};

// In Prometheus' text format. What `source` has not (store, log), is left out.
std::string metrics_text(const MetricsSource& source);

}  // namespace mogura::icap
