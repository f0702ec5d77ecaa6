#pragma once

// One run of a service that asks the challenge's questions, `mogura proxy` or `mogura icap`: puts the
// service, the gate, the store of challenge states, the database and the metrics together, and waits for
// signals (SIGHUP: reload; SIGTERM, SIGINT: end, the second time at once). What the two do differently is
// theirs.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/judging_parts.h"
#include "app/proxy_sessions.h"
#include "app/signals.h"
#include "base/address.h"
#include "proxy/options.h"
#include "report/archive.h"
#include "service/metrics.h"

namespace mogura::app {

class ServiceRun {
 public:
  // The configuration file and the command line together; called again at each reload.
  using ReadOptions = std::function<Result<proxy::Options>()>;

  virtual ~ServiceRun();
  ServiceRun(const ServiceRun&) = delete;
  ServiceRun& operator=(const ServiceRun&) = delete;

  Exit run();

 protected:
  // `name`: the command's, "proxy".
  ServiceRun(std::string name, ReadOptions read_options, bool is_quiet);

  // What else the options name; called first.
  virtual Result<void> read_inputs(const proxy::Options&) { return {}; }
  // Opens the service, so that all that can go wrong does so before the first request. Called once, when
  // judging() and sessions() are there; `gate`: by the same options.
  virtual Result<void> open(const proxy::Options& options, JudgingParts::Gate gate) = 0;
  virtual void start() = 0;
  // `options` and a gate by them, for what comes from now on. Says what stays as it is, and why.
  virtual void reload(const proxy::Options& options, JudgingParts::Gate gate) = 0;
  virtual void reopen_logs() = 0;
  // Ends what is under way.
  virtual void stop() = 0;
  [[nodiscard]] virtual std::vector<Endpoint> endpoints() const = 0;
  // For the console, over all loops.
  [[nodiscard]] virtual std::vector<report::Counter> counters() const = 0;
  // For Prometheus; `lost`: of the database.
  struct Lost {
    std::uint64_t sessions = 0, events = 0;
  };
  [[nodiscard]] virtual std::string metrics_text(const Lost& lost) const = 0;
  // Whether the service makes sessions by these options.
  [[nodiscard]] virtual bool keeps_sessions(const proxy::Options& options) const = 0;

  void note(const std::string& text) const;
  [[nodiscard]] JudgingParts& judging() { return judging_; }
  // nullptr without a database.
  [[nodiscard]] ProxySessions* sessions() { return sessions_.get(); }
  [[nodiscard]] bool is_quiet() const { return is_quiet_; }

 private:
  Result<void> prepare();
  Result<void> open_metrics(const std::string& where);
  [[nodiscard]] Lost lost() const;
  void say_where() const;
  void supervise();
  void reload_all();
  void finish();
  void watch_store();
  // Tells the console that this service is there, and what it has counted.
  void tell_sensor(bool has_ended);

  const std::string name_;
  const ReadOptions read_options_;
  const bool is_quiet_;
  Signals signals_;
  JudgingParts judging_;
  std::unique_ptr<ProxySessions> sessions_;
  std::unique_ptr<service::Metrics> metrics_;
  std::string metrics_host_;
  bool are_inputs_read_ = false;
  std::string store_error_;  // what was last said about the store
  report::Sensor sensor_;
  std::chrono::steady_clock::time_point told_{};  // when sensor_ was
};

}  // namespace mogura::app
