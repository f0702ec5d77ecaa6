#pragma once

// Metrics for Prometheus on a port of their own (GET /metrics). They are collected when asked for, from
// whatever `source` gives; nothing is kept twice. Has a thread of its own; who asks is bounded in number,
// bytes and time.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace mogura::service {

class Metrics {
 public:
  // What there is to tell, in Prometheus' text format, version 0.0.4 (service/metric_families.h).
  using Source = std::function<std::string()>;

  // `where`: ADDR:PORT, "[::1]:9115", port 0: any (see port()). Errors: kUsage, kIo. `source` is called on
  // another thread, at any time for as long as this lives.
  static Result<std::unique_ptr<Metrics>> open(const std::string& where, Source source);
  ~Metrics();
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct Impl;
  explicit Metrics(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::service
