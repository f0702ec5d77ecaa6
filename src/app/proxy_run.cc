#include "app/proxy_run.h"

#include <fmt/format.h>

#include <array>

#include "app/clock.h"
#include "app/pattern_folder.h"
#include "app/privileges.h"
#include "app/sensor.h"

namespace mogura::app {
namespace {

constexpr std::chrono::milliseconds kLookAround{500};

// Sums over the loops.
std::vector<report::Counter> proxy_counters(const proxy::MetricsSource& source) {
  std::vector<report::Counter> sums = {{"connections", 0}, {"requests", 0}, {"tunnels", 0},
                                       {"aborted", 0},     {"refused", 0},  {"accept_failures", 0}};
  for (const proxy::Counters* loop : source.loops) {
    std::uint64_t refused = 0;
    for (const proxy::Count& count : loop->refusals) refused += count.get();
    const std::array counted = {
        loop->connections.get(),    loop->requests.get(), loop->tunnels.get(), loop->aborted.get(), refused,
        loop->accept_failures.get()};
    for (std::size_t i = 0; i < counted.size(); ++i) sums[i].second += counted[i];
  }
  return sums;
}

}  // namespace

ProxyRun::~ProxyRun() = default;

void ProxyRun::note(const std::string& text) const {
  fmt::print(stderr, "mogura proxy: {}\n", text);
}

Exit ProxyRun::run() {
  if (const Result<void> prepared = prepare(); !prepared) {
    note(prepared.error().message());
    return exit_of(prepared.error(), are_inputs_read_);
  }
  if (sessions_) sessions_->start();
  proxy_->start();
  say_where();
  supervise();
  finish();
  return Exit::kDone;
}

Result<void> ProxyRun::prepare() {
  Result<proxy::Options> options = read_options_();
  if (!options) return tl::unexpected(options.error());
  options_ = std::move(*options);
  if (!is_quiet_) {
    for (const std::string& doubt : proxy::doubts_about(options_)) note(doubt);
  }
  if (Result<void> opened =
          judging_.open(options_, is_quiet_, [this](const std::string& text) { note(text); });
      !opened) {
    return opened;
  }
  auto sessions = open_sessions(options_, judging_.suspects());
  if (!sessions) return tl::unexpected(sessions.error());
  sessions_ = std::move(*sessions);
  Result<JudgingParts::Gate> gate = judging_.make_gate(options_);
  if (!gate) return tl::unexpected(gate.error());
  auto patterns = make_matcher(options_);
  if (!patterns) return tl::unexpected(patterns.error());
  proxy::Surroundings surroundings{.store = &judging_.store(),
                                   .gate = std::move(*gate),
                                   .on_session = {},
                                   .patterns = std::move(*patterns)};
  if (sessions_) {
    surroundings.on_event = [this](const proxy::Event& event) { sessions_->add(event); };
    surroundings.on_session = [this](const session::Session& session) { sessions_->add(session); };
  }
  are_inputs_read_ = true;
  auto opened = proxy::Proxy::open(options_, std::move(surroundings));
  if (!opened) return tl::unexpected(opened.error());
  proxy_ = std::move(*opened);
  if (options_.logs.metrics.empty()) return settle();
  auto metrics = service::Metrics::open(options_.logs.metrics, [this] { return metrics_text(); });
  if (!metrics) return tl::unexpected(metrics.error());
  metrics_ = std::move(*metrics);
  return settle();
}

Result<std::shared_ptr<const pattern::Matcher>> ProxyRun::make_matcher(const proxy::Options& options) {
  if (options.tunnels.patterns.empty()) return nullptr;
  auto patterns = read_pattern_folder(options.tunnels.patterns);
  if (!patterns) return tl::unexpected(patterns.error());
  auto matcher = pattern::Matcher::make(std::move(*patterns));
  if (!matcher) return tl::unexpected(matcher.error());
  return std::make_shared<const pattern::Matcher>(std::move(*matcher));
}

std::string ProxyRun::metrics_text() const {
  proxy::MetricsSource source = proxy_->metrics_source();
  if (sessions_) {
    source.lost_sessions = sessions_->lost();
    source.lost_events = sessions_->lost_events();
  }
  return proxy::metrics_text(source);
}

// Scripts wait for these lines: from now on connections are taken.
void ProxyRun::say_where() const {
  for (const Endpoint& endpoint : proxy_->endpoints()) note("listening on " + endpoint.to_string());
  if (metrics_ == nullptr) return;
  const std::string& where = options_.logs.metrics;
  note(fmt::format("metrics on {}:{}", where.substr(0, where.rfind(':')), metrics_->port()));
}

void ProxyRun::supervise() {
  while (true) {
    const int signal = signals_.wait(kLookAround);
    if (signal == SIGHUP) reload();
    if (signal == SIGTERM || signal == SIGINT) return;
    watch_store();
    if (std::chrono::steady_clock::now() - told_ >= kTellEvery) tell_sensor(false);
  }
}

void ProxyRun::tell_sensor(bool has_ended) {
  told_ = std::chrono::steady_clock::now();
  if (!sessions_) return;
  if (sensor_.sensor_id.empty()) {
    sensor_ = make_sensor("proxy", proxy_->endpoints().front().to_string(), clock_now());
  }
  sensor_.seen = clock_now();
  sensor_.has_ended = has_ended;
  sensor_.counters = proxy_counters(proxy_->metrics_source());
  sensor_.counters.emplace_back("lost_sessions", sessions_->lost());
  sensor_.counters.emplace_back("lost_events", sessions_->lost_events());
  sessions_->put(sensor_);
}

// Once when it begins to fail and once when it is back, however many requests that concerns.
void ProxyRun::watch_store() {
  const std::string error = judging_.store().last_error();
  if (error.empty() == store_error_.empty()) return;
  store_error_ = error;
  note(error.empty() ? "challenge states are there again; requests are judged"
                     : "challenge states are not there (" + error + "); requests are relayed and not judged");
}

void ProxyRun::reload() {
  Result<proxy::Options> options = read_options_();
  Result<JudgingParts::Gate> gate = options ? judging_.make_gate(*options) : tl::unexpected(options.error());
  auto patterns = gate ? make_matcher(*options) : tl::unexpected(gate.error());
  if (!patterns) {
    note(patterns.error().message() + "; what was loaded before stays");
    proxy_->reopen_logs();
    return;
  }
  const auto kept = proxy_->reload(*options, std::move(*gate), std::move(*patterns));
  if (!kept) {
    note(kept.error().message() + "; what was loaded before stays");
    return;
  }
  for (const std::string& name : *kept) note(name + " changes only with a new start");
  note("reloaded");
}

void ProxyRun::finish() {
  std::jthread impatience([this](const std::stop_token& token) {
    while (!token.stop_requested()) {
      const int signal = signals_.wait(kLookAround / 10);
      if (signal != SIGTERM && signal != SIGINT) continue;
      note("stopped at once; what was under way is cut");
      std::_Exit(static_cast<int>(Exit::kFailure));
    }
  });
  proxy_->stop();
  tell_sensor(true);
  metrics_.reset();
  if (sessions_) sessions_->stop();
  if (sessions_ && sessions_->lost() != 0) note(fmt::format("{} sessions were lost", sessions_->lost()));
  judging_.store().stop();
}

}  // namespace mogura::app
