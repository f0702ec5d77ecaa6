#include "app/service_run.h"

#include <fmt/format.h>

#include <thread>

#include "app/clock.h"
#include "app/privileges.h"
#include "app/sensor.h"

namespace mogura::app {
namespace {

constexpr std::chrono::milliseconds kLookAround{500};

}  // namespace

ServiceRun::ServiceRun(std::string name, ReadOptions read_options, bool is_quiet)
    : name_(std::move(name)), read_options_(std::move(read_options)), is_quiet_(is_quiet) {}

ServiceRun::~ServiceRun() = default;

void ServiceRun::note(const std::string& text) const {
  fmt::print(stderr, "mogura {}: {}\n", name_, text);
}

Exit ServiceRun::run() {
  if (const Result<void> prepared = prepare(); !prepared) {
    note(prepared.error().message());
    metrics_.reset();  // which asks what goes first
    return exit_of(prepared.error(), are_inputs_read_);
  }
  if (sessions_) sessions_->start();
  start();
  say_where();
  supervise();
  finish();
  return Exit::kDone;
}

Result<void> ServiceRun::prepare() {
  const Result<proxy::Options> options = read_options_();
  if (!options) return tl::unexpected(options.error());
  if (Result<void> read = read_inputs(*options); !read) return read;
  const auto tell = [this](const std::string& text) { note(text); };
  if (Result<void> opened = judging_.open(*options, is_quiet_, tell); !opened) return opened;
  auto sessions = open_sessions(*options, judging_.suspects(), keeps_sessions(*options));
  if (!sessions) return tl::unexpected(sessions.error());
  sessions_ = std::move(*sessions);
  Result<JudgingParts::Gate> gate = judging_.make_gate(*options);
  if (!gate) return tl::unexpected(gate.error());
  are_inputs_read_ = true;
  if (Result<void> opened = open(*options, std::move(*gate)); !opened) return opened;
  if (Result<void> served = open_metrics(options->logs.metrics); !served) return served;
  return settle();
}

Result<void> ServiceRun::open_metrics(const std::string& where) {
  if (where.empty()) return {};
  auto opened = service::Metrics::open(where, [this] { return metrics_text(lost()); });
  if (!opened) return tl::unexpected(opened.error());
  metrics_ = std::move(*opened);
  metrics_host_ = where.substr(0, where.rfind(':'));
  return {};
}

ServiceRun::Lost ServiceRun::lost() const {
  if (!sessions_) return {};
  return {.sessions = sessions_->lost(), .events = sessions_->lost_events()};
}

// Scripts wait for these lines: from now on connections are taken.
void ServiceRun::say_where() const {
  for (const Endpoint& endpoint : endpoints()) note("listening on " + endpoint.to_string());
  if (metrics_) note(fmt::format("metrics on {}:{}", metrics_host_, metrics_->port()));
}

void ServiceRun::supervise() {
  while (true) {
    const int signal = signals_.wait(kLookAround);
    if (signal == SIGHUP) reload_all();
    if (signal == SIGTERM || signal == SIGINT) return;
    watch_store();
    if (std::chrono::steady_clock::now() - told_ >= kTellEvery) tell_sensor(false);
  }
}

void ServiceRun::tell_sensor(bool has_ended) {
  told_ = std::chrono::steady_clock::now();
  if (!sessions_) return;
  if (sensor_.sensor_id.empty()) {
    sensor_ = make_sensor(name_, endpoints().front().to_string(), clock_now());
  }
  sensor_.seen = clock_now();
  sensor_.has_ended = has_ended;
  sensor_.counters = counters();
  sensor_.counters.emplace_back("lost_sessions", lost().sessions);
  sensor_.counters.emplace_back("lost_events", lost().events);
  sessions_->put(sensor_);
}

// Once when it begins to fail and once when it is back, however many requests that concerns.
void ServiceRun::watch_store() {
  const std::string error = judging_.store().last_error();
  if (error.empty() == store_error_.empty()) return;
  store_error_ = error;
  note(error.empty() ? "challenge states are there again; requests are judged"
                     : "challenge states are not there (" + error + "); requests are relayed and not judged");
}

void ServiceRun::reload_all() {
  const Result<proxy::Options> options = read_options_();
  Result<JudgingParts::Gate> gate = options ? judging_.make_gate(*options) : tl::unexpected(options.error());
  if (gate) return reload(*options, std::move(*gate));
  note(gate.error().message() + "; what was loaded before stays");
  reopen_logs();
}

void ServiceRun::finish() {
  std::jthread impatience([this](const std::stop_token& token) {
    while (!token.stop_requested()) {
      const int signal = signals_.wait(kLookAround / 10);
      if (signal != SIGTERM && signal != SIGINT) continue;
      note("stopped at once; what was under way is cut");
      std::_Exit(static_cast<int>(Exit::kFailure));
    }
  });
  stop();
  tell_sensor(true);
  metrics_.reset();
  if (sessions_) sessions_->stop();
  if (lost().sessions != 0) note(fmt::format("{} sessions were lost", lost().sessions));
  judging_.store().stop();
}

}  // namespace mogura::app
