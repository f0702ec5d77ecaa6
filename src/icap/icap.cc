#include "icap/icap.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "icap/detail/loop.h"
#include "service/listener.h"
#include "service/metric_families.h"

namespace mogura::icap {
namespace {

constexpr std::chrono::milliseconds kStopPoll{10};

std::shared_ptr<const detail::Settings> make_settings(const Options& options,
                                                      std::shared_ptr<const challenge::Gate> gate) {
  auto settings = std::make_shared<detail::Settings>();
  settings->options = options;
  settings->gate = std::move(gate);
  return settings;
}

}  // namespace

struct Icap::Impl {
  Impl(challenge::StateStore* store, const challenge::Policy& policy) : shared(store) {
    shared.passive = std::make_unique<service::SharedWatch>(challenge::PassiveLimits{}, detail::random_id(),
                                                            policy.cookie_name);
  }

  // The same addresses once more for each loop; port 0 is what the first one was given.
  Result<void> open_loops(const Options& options) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned count = options.threads != 0 ? options.threads : cores;
    endpoints = options.listen;
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
    return std::all_of(loops.begin(), loops.end(), [](const auto& loop) { return loop->is_idle(); });
  }

  detail::Shared shared;
  std::vector<Endpoint> endpoints;
  std::vector<std::unique_ptr<detail::Loop>> loops;
  bool is_started = false;
};

Icap::Icap(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Icap::~Icap() {
  stop();
}

Result<std::unique_ptr<Icap>> Icap::open(const Options& options, Surroundings surroundings) {
  auto impl = std::make_unique<Impl>(surroundings.store, surroundings.gate->policy());
  impl->shared.on_event = std::move(surroundings.on_event);
  impl->shared.keep_sessions(std::move(surroundings.on_session));
  impl->shared.set_settings(make_settings(options, std::move(surroundings.gate)));
  if (!options.events.empty()) {
    auto opened = service::LineFile::open(options.events);
    if (!opened) return tl::unexpected(opened.error());
    impl->shared.events = std::move(*opened);
  }
  if (const auto opened = impl->open_loops(options); !opened) return tl::unexpected(opened.error());
  return std::unique_ptr<Icap>(new Icap(std::move(impl)));
}

void Icap::start() {
  impl_->is_started = true;
  for (const auto& loop : impl_->loops) loop->start();
}

std::vector<std::string> Icap::reload(const Options& options, std::shared_ptr<const challenge::Gate> gate) {
  const Options before = impl_->shared.settings()->options;
  impl_->shared.set_settings(make_settings(options, std::move(gate)));
  reopen_logs();
  std::vector<std::string> kept;
  if (before.listen != options.listen) kept.emplace_back("icap.listen");
  if (before.threads != options.threads) kept.emplace_back("icap.threads");
  if (before.events != options.events) kept.emplace_back("logs.events");
  return kept;
}

void Icap::reopen_logs() {
  if (impl_->shared.events != nullptr) impl_->shared.events->reopen();
}

void Icap::stop() {
  if (!impl_->is_started) return;
  impl_->is_started = false;
  for (const auto& loop : impl_->loops) loop->stop_accepting();
  const auto until = std::chrono::steady_clock::now() + impl_->shared.settings()->options.stop;
  while (!impl_->is_idle() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kStopPoll);
  }
  for (const auto& loop : impl_->loops) loop->cut_all();
  for (const auto& loop : impl_->loops) loop->join();
  impl_->shared.pending.drop_all();
  if (impl_->shared.events != nullptr) impl_->shared.events->stop();
}

std::vector<Endpoint> Icap::endpoints() const {
  return impl_->endpoints;
}

std::vector<const Counters*> Icap::counters() const {
  std::vector<const Counters*> counters;
  for (const auto& loop : impl_->loops) counters.push_back(&loop->counters);
  return counters;
}

MetricsSource Icap::metrics_source() const {
  return {.loops = counters(),
          .store = impl_->shared.store,
          .events = impl_->shared.events.get(),
          .mode = std::string(service::mode_name(impl_->shared.settings()->gate->policy().mode)),
          .waiting = waiting()};
}

std::size_t Icap::waiting() const {
  return impl_->shared.pending.size();
}

}  // namespace mogura::icap
