#include "proxy/proxy.h"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "base/check.h"
#include "base/digest.h"
#include "protocol/authority.h"
#include "proxy/detail/client_connection.h"
#include "proxy/detail/loop.h"
#include "service/listener.h"
#include "service/metric_families.h"

namespace mogura::proxy {
namespace {

using detail::Settings;

constexpr std::chrono::milliseconds kStopPoll{10};

// So that two proxies of one name do not take each other for themselves.
std::string make_loop_mark() {
  std::array<std::uint8_t, 8> bytes{};
  MOGURA_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return "(mogura-" + to_hex(bytes) + ")";
}

Result<std::shared_ptr<const Settings>> make_settings(const Options& options,
                                                      std::shared_ptr<const challenge::Gate> gate,
                                                      std::shared_ptr<const pattern::Matcher> patterns,
                                                      const std::string& loop_mark) {
  auto access = detail::AccessControl::make(options.access);
  if (!access) return tl::unexpected(access.error());
  auto settings = std::make_shared<Settings>();
  settings->options = options;
  settings->gate = std::move(gate);
  settings->patterns = std::move(patterns);
  settings->access = std::move(*access);
  settings->loop_mark = loop_mark;
  if (options.intercept.enabled) {
    auto made = detail::Interception::make(options.intercept, detail::wall_clock());
    if (!made) return tl::unexpected(made.error());
    settings->interception = std::move(*made);
  }
  if (!options.upstream.parent.empty()) {
    const protocol::Authority parent = protocol::parse_authority(options.upstream.parent);
    if (parent.port == 0) return fail(ErrorCode::kUsage, "upstream.parent", "must be HOST:PORT");
    settings->parent_host = parent.host;
    settings->parent_port = parent.port;
  }
  return settings;
}

detail::ResolverOptions resolver_options(const Upstream& upstream) {
  return {.threads = upstream.dns_threads,
          .entries = upstream.dns_entries,
          .keep = upstream.dns_keep,
          .keep_failure = upstream.dns_keep_failure};
}

// What a running proxy keeps, whatever a new configuration says.
std::vector<std::string> fixed_differences(const Options& before, const Options& after) {
  std::vector<std::string> names;
  if (before.listen.endpoints != after.listen.endpoints) names.emplace_back("listen");
  if (before.threads != after.threads) names.emplace_back("threads");
  if (before.logs.access != after.logs.access || before.logs.events != after.logs.events ||
      before.logs.database != after.logs.database || before.logs.metrics != after.logs.metrics ||
      before.logs.keep_days != after.logs.keep_days || before.logs.redact != after.logs.redact ||
      before.logs.redact_key != after.logs.redact_key) {
    names.emplace_back("logs");
  }
  if (before.state.store != after.state.store || before.state.entries != after.state.entries ||
      before.state.snapshot != after.state.snapshot) {
    names.emplace_back("state");
  }
  if (before.challenge.population != after.challenge.population ||
      before.challenge.refresh != after.challenge.refresh) {
    names.emplace_back("challenge.population and refresh");
  }
  return names;
}

}  // namespace

struct Proxy::Impl {
  Impl(const Options& options, Surroundings& surroundings)
      : shared(resolver_options(options.upstream), surroundings.store), loop_mark(make_loop_mark()) {
    shared.on_session = std::move(surroundings.on_session);
    shared.on_event = std::move(surroundings.on_event);
    std::uint64_t seed = 0;
    MOGURA_CHECK(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
    shared.passive = std::make_unique<service::SharedWatch>(challenge::PassiveLimits{}, seed,
                                                            options.challenge.policy.cookie_name);
  }

  Result<void> open_logs(const Logs& logs) {
    for (const auto& [path, file] :
         {std::pair{&logs.access, &shared.access_log}, {&logs.events, &shared.events}}) {
      if (path->empty()) continue;
      auto opened = service::LineFile::open(*path);
      if (!opened) return tl::unexpected(opened.error());
      *file = std::move(*opened);
    }
    return {};
  }

  // The same addresses once more for each loop; port 0 is what the first one was given.
  Result<void> open_loops(const Options& options) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned count = options.threads != 0 ? options.threads : cores;
    endpoints = options.listen.endpoints;
    for (unsigned i = 0; i < count; ++i) {
      std::vector<int> descriptors;
      for (Endpoint& endpoint : endpoints) {
        auto bound = service::listen_on(endpoint);
        if (!bound) {
          for (const int descriptor : descriptors) close(descriptor);
          return tl::unexpected(bound.error());
        }
        endpoint = bound->endpoint;
        descriptors.push_back(bound->descriptor);
      }
      loops.push_back(std::make_unique<detail::Loop>(shared, std::move(descriptors)));
    }
    return {};
  }

  [[nodiscard]] bool is_idle() const {
    for (const auto& loop : loops) {
      if (!loop->is_idle()) return false;
    }
    return true;
  }

  detail::Shared shared;
  const std::string loop_mark;
  std::vector<Endpoint> endpoints;
  std::vector<std::unique_ptr<detail::Loop>> loops;
  bool is_started = false;
};

Proxy::Proxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Proxy::~Proxy() {
  stop();
}

Result<std::unique_ptr<Proxy>> Proxy::open(const Options& options, Surroundings surroundings) {
  auto impl = std::make_unique<Impl>(options, surroundings);
  auto settings =
      make_settings(options, std::move(surroundings.gate), std::move(surroundings.patterns), impl->loop_mark);
  if (!settings) return tl::unexpected(settings.error());
  impl->shared.set_settings(std::move(*settings));
  if (const auto opened = impl->open_logs(options.logs); !opened) return tl::unexpected(opened.error());
  if (const auto opened = impl->open_loops(options); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Proxy>(new Proxy(std::move(impl)));
}

void Proxy::start() {
  impl_->is_started = true;
  for (const auto& loop : impl_->loops) loop->start();
}

Result<std::vector<std::string>> Proxy::reload(const Options& options,
                                               std::shared_ptr<const challenge::Gate> gate,
                                               std::shared_ptr<const pattern::Matcher> patterns) {
  const Options before = impl_->shared.settings()->options;
  auto settings = make_settings(options, std::move(gate), std::move(patterns), impl_->loop_mark);
  if (!settings) return tl::unexpected(settings.error());
  impl_->shared.set_settings(std::move(*settings));
  reopen_logs();
  return fixed_differences(before, options);
}

void Proxy::reopen_logs() {
  if (impl_->shared.access_log != nullptr) impl_->shared.access_log->reopen();
  if (impl_->shared.events != nullptr) impl_->shared.events->reopen();
}

void Proxy::stop() {
  if (!impl_->is_started) return;
  impl_->is_started = false;
  for (const auto& loop : impl_->loops) loop->stop_accepting();
  const auto until = std::chrono::steady_clock::now() + impl_->shared.settings()->options.timeouts.stop;
  while (!impl_->is_idle() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(kStopPoll);
  for (const auto& loop : impl_->loops) loop->cut_all();
  for (const auto& loop : impl_->loops) loop->join();
  if (impl_->shared.access_log != nullptr) impl_->shared.access_log->stop();
  if (impl_->shared.events != nullptr) impl_->shared.events->stop();
}

std::vector<Endpoint> Proxy::endpoints() const {
  return impl_->endpoints;
}

MetricsSource Proxy::metrics_source() const {
  MetricsSource source;
  for (const auto& loop : impl_->loops) source.loops.push_back(&loop->counters);
  source.store = impl_->shared.store;
  source.resolver = &impl_->shared.resolver;
  source.access = impl_->shared.access_log.get();
  source.events = impl_->shared.events.get();
  source.mode = service::mode_name(impl_->shared.settings()->gate->policy().mode);
  return source;
}

}  // namespace mogura::proxy
