#pragma once

// What the loops of one ICAP service share. Any thread.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "challenge/state_store.h"
#include "icap/detail/deliveries.h"
#include "icap/detail/pending.h"
#include "icap/detail/settings.h"
#include "icap/detail/told.h"
#include "service/event.h"
#include "service/line_file.h"

namespace mogura::icap::detail {

struct Shared {
  explicit Shared(challenge::StateStore* state_store) : store(state_store) {}

  challenge::StateStore* const store;  // may be nullptr
  Pending pending;
  Deliveries deliveries;
  Told told;
  std::unique_ptr<service::LineFile> events;  // may be nullptr
  service::EventObserver on_event;
  std::atomic<std::size_t> connections{0};  // of all loops
  const std::uint64_t salt = random_id();   // for numbers of connections

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

}  // namespace mogura::icap::detail
