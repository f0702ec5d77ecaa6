#pragma once

// One run of `mogura proxy`: puts the proxy, the gate, the store of challenge states, the database and the
// metrics together, and waits for signals (SIGHUP: reload; SIGTERM, SIGINT: end, the second time at once).

#include <functional>
#include <memory>

#include "app/commands.h"
#include "app/judging_parts.h"
#include "app/proxy_sessions.h"
#include "app/signals.h"
#include "proxy/proxy.h"
#include "service/metrics.h"

namespace mogura::app {

class ProxyRun {
 public:
  // The configuration file and the command line together; called again at each reload.
  using ReadOptions = std::function<Result<proxy::Options>()>;

  ProxyRun(ReadOptions read_options, bool is_quiet)
      : read_options_(std::move(read_options)), is_quiet_(is_quiet) {}
  ~ProxyRun();
  ProxyRun(const ProxyRun&) = delete;
  ProxyRun& operator=(const ProxyRun&) = delete;

  Exit run();

 private:
  // Everything that can go wrong before the first request.
  Result<void> prepare();
  // nullptr where no folder is named.
  static Result<std::shared_ptr<const pattern::Matcher>> make_matcher(const proxy::Options& options);
  [[nodiscard]] std::string metrics_text() const;
  void say_where() const;
  void supervise();
  void reload();
  void finish();
  void watch_store();
  // Tells the console that this proxy is there, and what it has counted.
  void tell_sensor(bool has_ended);
  void note(const std::string& text) const;

  const ReadOptions read_options_;
  const bool is_quiet_;
  Signals signals_;
  proxy::Options options_;
  JudgingParts judging_;
  std::unique_ptr<ProxySessions> sessions_;
  std::unique_ptr<proxy::Proxy> proxy_;
  std::unique_ptr<service::Metrics> metrics_;
  bool are_inputs_read_ = false;
  std::string store_error_;  // what was last said about the store
  report::Sensor sensor_;
  std::chrono::steady_clock::time_point told_{};  // when sensor_ was
};

}  // namespace mogura::app
