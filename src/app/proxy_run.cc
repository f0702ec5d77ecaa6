#include "app/proxy_run.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>

#include "app/clock.h"
#include "app/pattern_folder.h"
#include "app/privacy_options.h"
#include "app/privileges.h"
#include "app/read_file.h"
#include "app/secret_file.h"
#include "app/sensor.h"
#include "base/check.h"
#include "challenge/exemptions.h"
#include "store/state_memory.h"
#include "store/state_redis.h"

namespace mogura::app {
namespace {

constexpr std::chrono::milliseconds kLookAround{500};
constexpr std::size_t kExemptionBytes = std::size_t{16} << 20;

challenge::Secret throwaway_secret() {
  std::array<std::uint8_t, challenge::Secret::kBytes> bytes{};
  MOGURA_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return challenge::Secret(bytes);
}

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

// What could not be opened is an input until all inputs are read, and an address or output from then on.
Exit exit_of(const Error& error, bool are_inputs_read) {
  const bool makes_no_sense = error.code == ErrorCode::kUsage || error.code == ErrorCode::kFormat;
  if (makes_no_sense || (error.code == ErrorCode::kLimit && !are_inputs_read)) return Exit::kUsage;
  return error.code == ErrorCode::kIo && !are_inputs_read ? Exit::kInput : Exit::kFailure;
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
  if (const Result<void> opened = open_secret(); !opened) return opened;
  if (const Result<void> opened = open_state(); !opened) return opened;
  if (const Result<void> opened = open_sessions(); !opened) return opened;
  Result<Gate> gate = make_gate(options_);
  if (!gate) return tl::unexpected(gate.error());
  auto patterns = make_matcher(options_);
  if (!patterns) return tl::unexpected(patterns.error());
  proxy::Surroundings surroundings{
      .store = state_.get(), .gate = std::move(*gate), .on_session = {}, .patterns = std::move(*patterns)};
  if (sessions_) {
    surroundings.on_event = [this](const proxy::Event& event) { sessions_->add(event); };
    surroundings.on_session = [this](const session::Session& session) { sessions_->add(session); };
  }
  are_inputs_read_ = true;
  auto opened = proxy::Proxy::open(options_, std::move(surroundings));
  if (!opened) return tl::unexpected(opened.error());
  proxy_ = std::move(*opened);
  if (options_.logs.metrics.empty()) return settle();
  auto metrics = proxy::Metrics::open(options_.logs.metrics, [this] { return proxy_->metrics_source(); });
  if (!metrics) return tl::unexpected(metrics.error());
  metrics_ = std::move(*metrics);
  return settle();
}

Result<void> ProxyRun::open_secret() {
  if (options_.challenge.secret_file.empty()) {
    secret_.emplace(throwaway_secret());
    if (!is_quiet_ && options_.challenge.policy.mode != challenge::Mode::kOff) {
      note("no --secret: cookies of this run mean nothing to the next one, nor to another proxy");
    }
    return {};
  }
  Result<challenge::Secret> secret = read_or_create_secret(options_.challenge.secret_file);
  if (!secret) return tl::unexpected(secret.error());
  secret_.emplace(std::move(*secret));
  return {};
}

Result<void> ProxyRun::open_state() {
  const proxy::StateOptions& wanted = options_.state;
  if (wanted.store == "memory") {
    store::StateMemoryOptions memory;
    memory.entries = wanted.entries;
    memory.ttl = wanted.ttl;
    memory.machine = options_.challenge.policy.machine;
    memory.snapshot = wanted.snapshot;
    std::string warning;
    auto opened = store::open_state_memory(memory, warning);
    if (!opened) return tl::unexpected(opened.error());
    if (!warning.empty()) note(warning);
    state_ = std::move(*opened);
    return {};
  }
  store::StateRedisOptions redis;
  redis.url = wanted.store;
  redis.ttl = wanted.ttl;
  redis.deadline = wanted.redis_deadline;
  redis.machine = options_.challenge.policy.machine;
  auto opened = store::open_state_redis(redis);
  if (!opened) return tl::unexpected(opened.error());
  state_ = std::move(*opened);
  return {};
}

Result<void> ProxyRun::open_sessions() {
  if (options_.logs.database.empty()) return {};
  Result<store::Store> opened = store::Store::open(options_.logs.database);
  if (!opened) return tl::unexpected(opened.error());
  const proxy::Logs& logs = options_.logs;
  auto redactor = make_redactor({logs.redact == proxy::Redaction::kClients, logs.redact_key});
  if (!redactor) return tl::unexpected(redactor.error());
  std::uint64_t seed = 0;
  MOGURA_CHECK(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
  suspects_ = std::make_shared<SuspectBoard>(seed);
  sessions_ = std::make_unique<ProxySessions>(
      std::move(*opened), std::chrono::days(logs.keep_days), std::move(*redactor),
      ProxySessions::Prefilter{options_.challenge.population, options_.challenge.refresh, suspects_});
  return {};
}

Result<ProxyRun::Gate> ProxyRun::make_gate(const proxy::Options& options) const {
  auto exemptions = std::make_shared<challenge::Exemptions>();
  for (const std::string& path : options.challenge.exempt_files) {
    const Result<std::string> text = read_file(path, kExemptionBytes);
    if (!text) return tl::unexpected(text.error());
    if (const Result<void> added = exemptions->add(*text, path); !added) return tl::unexpected(added.error());
  }
  if (options.challenge.built_in_exemptions) exemptions->add_built_in();
  return std::make_shared<const challenge::Gate>(options.challenge.policy, *secret_, std::move(exemptions),
                                                 suspects_);
}

Result<std::shared_ptr<const pattern::Matcher>> ProxyRun::make_matcher(const proxy::Options& options) {
  if (options.tunnels.patterns.empty()) return nullptr;
  auto patterns = read_pattern_folder(options.tunnels.patterns);
  if (!patterns) return tl::unexpected(patterns.error());
  auto matcher = pattern::Matcher::make(std::move(*patterns));
  if (!matcher) return tl::unexpected(matcher.error());
  return std::make_shared<const pattern::Matcher>(std::move(*matcher));
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
  const std::string error = state_->last_error();
  if (error.empty() == store_error_.empty()) return;
  store_error_ = error;
  note(error.empty() ? "challenge states are there again; requests are judged"
                     : "challenge states are not there (" + error + "); requests are relayed and not judged");
}

void ProxyRun::reload() {
  Result<proxy::Options> options = read_options_();
  Result<Gate> gate = options ? make_gate(*options) : tl::unexpected(options.error());
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
  state_->stop();
}

}  // namespace mogura::app
