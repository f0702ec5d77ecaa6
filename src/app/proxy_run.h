#pragma once

// One run of `mogura proxy` (app/service_run.h).

#include "app/service_run.h"
#include "proxy/proxy.h"

namespace mogura::app {

class ProxyRun : public ServiceRun {
 public:
  ProxyRun(ReadOptions read_options, bool is_quiet)
      : ServiceRun("proxy", std::move(read_options), is_quiet) {}
  ~ProxyRun() override;

 private:
  // nullptr where no folder is named.
  static Result<std::shared_ptr<const pattern::Matcher>> make_matcher(const proxy::Options& options);
  Result<void> read_inputs(const proxy::Options& options) override;
  Result<void> open(const proxy::Options& options, JudgingParts::Gate gate) override;
  void start() override { proxy_->start(); }
  void reload(const proxy::Options& options, JudgingParts::Gate gate) override;
  void reopen_logs() override { proxy_->reopen_logs(); }
  void stop() override { proxy_->stop(); }
  [[nodiscard]] std::vector<Endpoint> endpoints() const override { return proxy_->endpoints(); }
  [[nodiscard]] std::vector<report::Counter> counters() const override;
  [[nodiscard]] std::string metrics_text(const Lost& lost) const override;
  [[nodiscard]] bool keeps_sessions(const proxy::Options&) const override { return true; }

  std::shared_ptr<const pattern::Matcher> patterns_;  // to begin with
  std::unique_ptr<proxy::Proxy> proxy_;
};

}  // namespace mogura::app
