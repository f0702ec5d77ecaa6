#pragma once

// What the loops of one proxy share: settings, names, logs, and how many connections there are. Any thread.

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/address.h"
#include "base/hash.h"
#include "certificate/rejections.h"
#include "challenge/state_store.h"
#include "proxy/detail/log_lines.h"
#include "proxy/detail/resolver.h"
#include "proxy/detail/settings.h"
#include "proxy/proxy.h"
#include "service/shared_watch.h"
#include "session/session.h"

namespace mogura::proxy::detail {

// Connections open, in all and by client address.
class ClientCounts {
 public:
  // False, and nothing counted, where a limit is reached.
  bool enter(const Address& client, const ProxyLimits& limits);
  void leave(const Address& client);

 private:
  struct Hash {
    std::size_t operator()(const Address& address) const { return hash_mix(address.high(), address.low()); }
  };
  std::mutex mutex_;  // guards the rest; held for a lookup, at the start and end of connections
  std::unordered_map<Address, std::size_t, Hash> by_client_;
  std::size_t all_ = 0;
};

// Hosts that clients would not have opened, for all loops: the next connection comes to another one.
class RefusedHosts {
 public:
  [[nodiscard]] bool is_bypassed(const Address& client, std::string_view name, Timestamp now) const {
    const std::scoped_lock lock(mutex_);
    return list_.is_bypassed(client, name, now);
  }
  // As certificate::Rejections.
  bool rejected(const Address& client, std::string_view name, bool is_silent, Duration keep, Timestamp now) {
    const std::scoped_lock lock(mutex_);
    list_.set_keep(keep);
    return list_.rejected(client, name, is_silent, now);
  }
  void served(const Address& client, std::string_view name) {
    const std::scoped_lock lock(mutex_);
    list_.served(client, name);
  }

 private:
  static constexpr std::size_t kEntries = 100'000;
  mutable std::mutex mutex_;  // guards the rest; held for a lookup, a few times a connection
  certificate::Rejections list_{kEntries, Duration::zero()};
};

struct Shared {
  Shared(const ResolverOptions& resolving, challenge::StateStore* state_store)
      : store(state_store), resolver(resolving) {}

  challenge::StateStore* const store;  // may be nullptr
  Resolver resolver;
  ClientCounts clients;
  RefusedHosts refused_hosts;
  std::unique_ptr<LineFile> access_log, events;  // may be nullptr
  std::function<void(const session::Session&)> on_session;
  EventObserver on_event;
  boost::asio::thread_pool slow_work{1};  // password hashes
  std::atomic<std::uint32_t> next_connection{0};
  std::unique_ptr<service::SharedWatch> passive;  // what is noticed of requests without asking
  std::atomic<bool> is_stopping{false};

  [[nodiscard]] std::shared_ptr<const Settings> settings() const {
    const std::scoped_lock lock(mutex_);
    return settings_;
  }
  void set_settings(std::shared_ptr<const Settings> settings) {
    const std::scoped_lock lock(mutex_);
    settings_ = std::move(settings);
    version_.fetch_add(1, std::memory_order_release);
  }
  // Changes with the settings, so that loops need the lock only after a reload.
  [[nodiscard]] std::uint64_t settings_version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace mogura::proxy::detail
