#include "app/icap_run.h"

#include <fmt/format.h>

#include "app/version.h"
#include "base/digest.h"
#include "base/hash.h"
#include "proxy/config.h"

namespace mogura::app {
namespace {

// Another one for another version or configuration; the same for all servers of a site that agree.
std::string tag_of(const proxy::Options& options) {
  const std::string configuration = proxy::write_config(options);
  return fmt::format("mogura-{:016x}", hash_bytes(as_bytes(configuration), hash_bytes(as_bytes(kVersion))));
}

icap::Options icap_options(const proxy::Options& options) {
  icap::Options made;
  made.listen = options.icap.endpoints;
  made.threads = options.icap.threads;
  made.connections = options.icap.connections;
  made.delivery = options.icap.delivery;
  made.head = options.timeouts.head;
  made.stall = options.timeouts.stall;
  made.stop = options.timeouts.stop;
  made.head_bytes = options.limits.head_bytes;
  made.fields = options.limits.fields;
  made.events = options.logs.events;
  made.tag = tag_of(options);
  return made;
}

}  // namespace

IcapRun::~IcapRun() = default;

Result<void> IcapRun::open(const proxy::Options& options, JudgingParts::Gate gate) {
  has_sessions_ = options.icap.sessions;
  icap::Surroundings surroundings{.store = &judging().store(), .gate = std::move(gate)};
  if (ProxySessions* const kept = sessions()) {
    surroundings.on_event = [kept](const service::Event& event) { kept->add(event); };
    if (has_sessions_) {
      surroundings.on_session = [kept](const session::Session& session) { kept->add(session); };
    }
  }
  auto opened = icap::Icap::open(icap_options(options), std::move(surroundings));
  if (!opened) return tl::unexpected(opened.error());
  icap_ = std::move(*opened);
  return {};
}

void IcapRun::reload(const proxy::Options& options, JudgingParts::Gate gate) {
  for (const std::string& name : icap_->reload(icap_options(options), std::move(gate))) {
    note(name + " changes only with a new start");
  }
  if (sessions() != nullptr && options.icap.sessions != has_sessions_) {
    note("icap.sessions changes only with a new start");
  }
  note("reloaded");
}

std::vector<report::Counter> IcapRun::counters() const {
  std::vector<report::Counter> sums = {{"connections", 0}, {"requests", 0}, {"responses", 0},
                                       {"inserted", 0},    {"refused", 0},  {"aborted", 0}};
  for (std::size_t why = 0; why < icap::kPassed; ++why) {
    sums.emplace_back("passed_" + std::string(icap::name_of(static_cast<icap::Passed>(why))), 0);
  }
  for (const icap::Counters* loop : icap_->counters()) {
    std::size_t at = 0;
    for (const icap::Count* count : {&loop->connections, &loop->requests, &loop->responses, &loop->inserted,
                                     &loop->refused, &loop->aborted}) {
      sums[at++].second += count->get();
    }
    for (const icap::Count& count : loop->passed) sums[at++].second += count.get();
  }
  return sums;
}

std::string IcapRun::metrics_text(const Lost& lost) const {
  icap::MetricsSource source = icap_->metrics_source();
  source.lost_sessions = lost.sessions;
  source.lost_events = lost.events;
  return icap::metrics_text(source);
}

}  // namespace mogura::app
