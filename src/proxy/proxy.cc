#include "proxy/proxy.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/check.h"
#include "base/digest.h"
#include "protocol/authority.h"
#include "proxy/detail/client_connection.h"
#include "proxy/detail/loop.h"

namespace mogura::proxy {
namespace {

using detail::Settings;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kStopPoll{10};

// So that two proxies of one name do not take each other for themselves.
std::string make_loop_mark() {
  std::array<std::uint8_t, 8> bytes{};
  MOGURA_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return "(mogura-" + to_hex(bytes) + ")";
}

Result<std::shared_ptr<const Settings>> make_settings(const Options& options,
                                                      std::shared_ptr<const challenge::Gate> gate,
                                                      const std::string& loop_mark) {
  auto access = detail::AccessControl::make(options.access);
  if (!access) return tl::unexpected(access.error());
  auto settings = std::make_shared<Settings>();
  settings->options = options;
  settings->gate = std::move(gate);
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

struct BoundSocket {
  int descriptor = -1;
  Endpoint endpoint;
};

Result<BoundSocket> bind_socket(const Endpoint& wanted) {
  const bool is_v4 = wanted.address.is_v4();
  BoundSocket bound{.endpoint = wanted};
  const auto refuse = [&bound, &wanted]() {
    const std::string cause = std::strerror(errno);
    if (bound.descriptor >= 0) close(bound.descriptor);
    return fail(ErrorCode::kIo, wanted.to_string(), "cannot listen there: " + cause);
  };
  bound.descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (bound.descriptor < 0) return refuse();
  const int on = 1;
  setsockopt(bound.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(bound.descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (is_v4) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(wanted.port);
    address.sin_addr.s_addr = htonl(wanted.address.v4_bits());
    size = sizeof address;
  } else {
    setsockopt(bound.descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(wanted.port);
    for (unsigned i = 0; i < 16; ++i) {
      const std::uint64_t half = i < 8 ? wanted.address.high() : wanted.address.low();
      address.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
    }
    size = sizeof address;
  }
  if (bind(bound.descriptor, reinterpret_cast<sockaddr*>(&storage), size) != 0) return refuse();
  if (listen(bound.descriptor, kBacklog) != 0) return refuse();
  size = sizeof storage;
  getsockname(bound.descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  bound.endpoint.port = ntohs(is_v4 ? reinterpret_cast<sockaddr_in&>(storage).sin_port
                                    : reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
  return bound;
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
  return names;
}

}  // namespace

struct Proxy::Impl {
  Impl(const Options& options, Surroundings& surroundings)
      : shared(resolver_options(options.upstream), surroundings.store), loop_mark(make_loop_mark()) {
    shared.on_session = std::move(surroundings.on_session);
    shared.on_event = std::move(surroundings.on_event);
  }

  Result<void> open_logs(const Logs& logs) {
    for (const auto& [path, file] :
         {std::pair{&logs.access, &shared.access_log}, {&logs.events, &shared.events}}) {
      if (path->empty()) continue;
      auto opened = detail::LineFile::open(*path);
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
        auto bound = bind_socket(endpoint);
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
  auto settings = make_settings(options, std::move(surroundings.gate), impl->loop_mark);
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
                                               std::shared_ptr<const challenge::Gate> gate) {
  const Options before = impl_->shared.settings()->options;
  auto settings = make_settings(options, std::move(gate), impl_->loop_mark);
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
  constexpr std::array kModes{"off", "observe", "block"};
  source.mode = kModes[static_cast<std::size_t>(impl_->shared.settings()->gate->policy().mode)];
  return source;
}

}  // namespace mogura::proxy
