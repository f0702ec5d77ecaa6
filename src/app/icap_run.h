#pragma once

// One run of `mogura icap` (app/service_run.h).

#include "app/service_run.h"
#include "icap/icap.h"

namespace mogura::app {

class IcapRun : public ServiceRun {
 public:
  IcapRun(ReadOptions read_options, bool is_quiet) : ServiceRun("icap", std::move(read_options), is_quiet) {}
  ~IcapRun() override;

 private:
  Result<void> open(const proxy::Options& options, JudgingParts::Gate gate) override;
  void start() override { icap_->start(); }
  void reload(const proxy::Options& options, JudgingParts::Gate gate) override;
  void reopen_logs() override { icap_->reopen_logs(); }
  void stop() override { icap_->stop(); }
  [[nodiscard]] std::vector<Endpoint> endpoints() const override { return icap_->endpoints(); }
  [[nodiscard]] std::vector<report::Counter> counters() const override;
  [[nodiscard]] std::string metrics_text(const Lost& lost) const override;
  [[nodiscard]] bool keeps_sessions(const proxy::Options& options) const override {
    return options.icap.sessions;
  }

  bool has_sessions_ = false;  // as begun with
  std::unique_ptr<icap::Icap> icap_;
};

}  // namespace mogura::app
