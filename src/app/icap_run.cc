#include "app/icap_run.h"

#include <fmt/format.h>

#include <thread>

#include "app/clock.h"
#include "app/privileges.h"
#include "app/sensor.h"
#include "app/version.h"
#include "base/digest.h"
#include "base/hash.h"
#include "proxy/config.h"

namespace mogura::app {
namespace {

constexpr std::chrono::milliseconds kLookAround{500};

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

// Sums over the loops.
std::vector<report::Counter> icap_counters(const icap::Icap& icap) {
  std::vector<report::Counter> sums = {{"connections", 0}, {"requests", 0}, {"responses", 0},
                                       {"inserted", 0},    {"refused", 0},  {"aborted", 0}};
  for (std::size_t why = 0; why < icap::kPassed; ++why) {
    sums.emplace_back("passed_" + std::string(icap::name_of(static_cast<icap::Passed>(why))), 0);
  }
  for (const icap::Counters* loop : icap.counters()) {
    std::size_t at = 0;
    for (const icap::Count* count : {&loop->connections, &loop->requests, &loop->responses, &loop->inserted,
                                     &loop->refused, &loop->aborted}) {
      sums[at++].second += count->get();
    }
    for (const icap::Count& count : loop->passed) sums[at++].second += count.get();
  }
  return sums;
}

}  // namespace

IcapRun::~IcapRun() = default;

void IcapRun::note(const std::string& text) const {
  fmt::print(stderr, "mogura icap: {}\n", text);
}

Exit IcapRun::run() {
  if (const Result<void> prepared = prepare(); !prepared) {
    note(prepared.error().message());
    return exit_of(prepared.error(), are_inputs_read_);
  }
  if (sessions_) sessions_->start();
  icap_->start();
  say_where();
  supervise();
  finish();
  return Exit::kDone;
}

Result<void> IcapRun::prepare() {
  const Result<proxy::Options> options = read_options_();
  if (!options) return tl::unexpected(options.error());
  const auto tell = [this](const std::string& text) { note(text); };
  if (Result<void> opened = judging_.open(*options, is_quiet_, tell); !opened) return opened;
  auto sessions = open_sessions(*options, judging_.suspects(), options->icap.sessions);
  if (!sessions) return tl::unexpected(sessions.error());
  sessions_ = std::move(*sessions);
  Result<JudgingParts::Gate> gate = judging_.make_gate(*options);
  if (!gate) return tl::unexpected(gate.error());
  icap::Surroundings surroundings{.store = &judging_.store(), .gate = std::move(*gate)};
  if (sessions_) {
    surroundings.on_event = [this](const service::Event& event) { sessions_->add(event); };
    keeps_sessions_ = options->icap.sessions;
    if (keeps_sessions_) {
      surroundings.on_session = [this](const session::Session& session) { sessions_->add(session); };
    }
  }
  are_inputs_read_ = true;
  auto opened = icap::Icap::open(icap_options(*options), std::move(surroundings));
  if (!opened) return tl::unexpected(opened.error());
  icap_ = std::move(*opened);
  if (Result<void> served = open_metrics(options->logs.metrics); !served) return served;
  return settle();
}

Result<void> IcapRun::open_metrics(const std::string& where) {
  if (where.empty()) return {};
  auto opened = service::Metrics::open(where, [this] { return metrics_text(); });
  if (!opened) return tl::unexpected(opened.error());
  metrics_ = std::move(*opened);
  metrics_host_ = where.substr(0, where.rfind(':'));
  return {};
}

std::string IcapRun::metrics_text() const {
  icap::MetricsSource source = icap_->metrics_source();
  if (sessions_) {
    source.lost_sessions = sessions_->lost();
    source.lost_events = sessions_->lost_events();
  }
  return icap::metrics_text(source);
}

// Scripts wait for these lines: from now on connections are taken.
void IcapRun::say_where() const {
  for (const Endpoint& endpoint : icap_->endpoints()) note("listening on " + endpoint.to_string());
  if (metrics_) note(fmt::format("metrics on {}:{}", metrics_host_, metrics_->port()));
}

void IcapRun::supervise() {
  while (true) {
    const int signal = signals_.wait(kLookAround);
    if (signal == SIGHUP) reload();
    if (signal == SIGTERM || signal == SIGINT) return;
    watch_store();
    if (std::chrono::steady_clock::now() - told_ >= kTellEvery) tell_sensor(false);
  }
}

void IcapRun::tell_sensor(bool has_ended) {
  told_ = std::chrono::steady_clock::now();
  if (!sessions_) return;
  if (sensor_.sensor_id.empty()) {
    sensor_ = make_sensor("icap", icap_->endpoints().front().to_string(), clock_now());
  }
  sensor_.seen = clock_now();
  sensor_.has_ended = has_ended;
  sensor_.counters = icap_counters(*icap_);
  sensor_.counters.emplace_back("lost_sessions", sessions_->lost());
  sensor_.counters.emplace_back("lost_events", sessions_->lost_events());
  sessions_->put(sensor_);
}

// Once when it begins to fail and once when it is back, however many requests that concerns.
void IcapRun::watch_store() {
  const std::string error = judging_.store().last_error();
  if (error.empty() == store_error_.empty()) return;
  store_error_ = error;
  note(error.empty() ? "challenge states are there again; requests are judged"
                     : "challenge states are not there (" + error + "); requests are passed and not judged");
}

void IcapRun::reload() {
  const Result<proxy::Options> options = read_options_();
  Result<JudgingParts::Gate> gate = options ? judging_.make_gate(*options) : tl::unexpected(options.error());
  if (!gate) {
    note(gate.error().message() + "; what was loaded before stays");
    icap_->reopen_logs();
    return;
  }
  for (const std::string& name : icap_->reload(icap_options(*options), std::move(*gate))) {
    note(name + " changes only with a new start");
  }
  if (sessions_ && options->icap.sessions != keeps_sessions_)
    note("icap.sessions changes only with a new start");
  note("reloaded");
}

void IcapRun::finish() {
  std::jthread impatience([this](const std::stop_token& token) {
    while (!token.stop_requested()) {
      const int signal = signals_.wait(kLookAround / 10);
      if (signal != SIGTERM && signal != SIGINT) continue;
      note("stopped at once; what was under way is cut");
      std::_Exit(static_cast<int>(Exit::kFailure));
    }
  });
  icap_->stop();
  tell_sensor(true);
  metrics_.reset();
  if (sessions_) sessions_->stop();
  judging_.store().stop();
}

}  // namespace mogura::app
