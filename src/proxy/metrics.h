#pragma once

// Metrics for Prometheus on a port of their own (GET /metrics), in its text format, which prometheus-cpp
// writes. They are collected when asked for, from whatever `source` gives; nothing is kept twice.
// docs/guides/proxy.md lists them. Has a thread of its own; who asks is bounded in number, bytes and time.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "challenge/state_store.h"
#include "proxy/counters.h"
#include "proxy/detail/resolver.h"
#include "service/line_file.h"

namespace mogura::proxy {

struct MetricsSource {
  std::vector<const Counters*> loops;
  const challenge::StateStore* store = nullptr;
  const detail::Resolver* resolver = nullptr;
  const service::LineFile* access = nullptr;
  const service::LineFile* events = nullptr;
  std::string mode;  // of the challenge
};

class Metrics {
 public:
  // `where`: ADDR:PORT, "[::1]:9115", port 0: any (see port()). Errors: kUsage, kIo. `source` is called on
  // another thread, at any time for as long as this lives.
  static Result<std::unique_ptr<Metrics>> open(const std::string& where,
                                               std::function<MetricsSource()> source);
  ~Metrics();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Impl;
  explicit Metrics(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::proxy
