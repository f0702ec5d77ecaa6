#pragma once

// One run of `mogura icap`: puts the ICAP service, the gate, the store of challenge states and the database
// together, and waits for signals (SIGHUP: reload; SIGTERM, SIGINT: end, the second time at once).

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/judging_parts.h"
#include "app/proxy_sessions.h"
#include "app/signals.h"
#include "icap/icap.h"
#include "proxy/options.h"
#include "report/archive.h"
#include "service/metrics.h"

namespace mogura::app {

class IcapRun {
 public:
  // The configuration file and the command line together; called again at each reload.
  using ReadOptions = std::function<Result<proxy::Options>()>;

  IcapRun(ReadOptions read_options, bool is_quiet)
      : read_options_(std::move(read_options)), is_quiet_(is_quiet) {}
  ~IcapRun();
  IcapRun(const IcapRun&) = delete;
  IcapRun& operator=(const IcapRun&) = delete;

  Exit run();

 private:
  // Everything that can go wrong before the first request.
  Result<void> prepare();
  Result<void> open_metrics(const std::string& where);
  [[nodiscard]] std::string metrics_text() const;
  void say_where() const;
  void supervise();
  void reload();
  void finish();
  void watch_store();
  // Tells the console that this service is there, and what it has counted.
  void tell_sensor(bool has_ended);
  void note(const std::string& text) const;

  const ReadOptions read_options_;
  const bool is_quiet_;
  Signals signals_;
  JudgingParts judging_;
  std::unique_ptr<ProxySessions> sessions_;
  std::unique_ptr<icap::Icap> icap_;
  std::unique_ptr<service::Metrics> metrics_;
  bool are_inputs_read_ = false;
  bool keeps_sessions_ = false;
  std::string metrics_host_;
  std::string store_error_;  // what was last said about the store
  report::Sensor sensor_;
  std::chrono::steady_clock::time_point told_{};  // when sensor_ was
};

}  // namespace mogura::app
