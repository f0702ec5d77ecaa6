#pragma once

// What a proxy has counted, as metrics for Prometheus (service/metrics.h serves them). docs/guides/proxy.md
// lists them. Any thread.

#include <string>
#include <vector>

#include "challenge/state_store.h"
#include "proxy/counters.h"
#include "proxy/detail/resolver.h"
#include "service/line_file.h"

namespace mogura::proxy {

struct MetricsSource {
  std::vector<const Counters*> loops{};
  const challenge::StateStore* store = nullptr;
  const detail::Resolver* resolver = nullptr;
  const service::LineFile* access = nullptr;
  const service::LineFile* events = nullptr;
  std::string mode{};  // of the challenge
  // What the database could not take in time.
  std::uint64_t lost_sessions = 0, lost_events = 0;
};

// In Prometheus' text format.
std::string metrics_text(const MetricsSource& source);

}  // namespace mogura::proxy
