#pragma once

// What the loops of one ICAP service share. Any thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "challenge/state_store.h"
#include "icap/detail/deliveries.h"
#include "icap/detail/pending.h"
#include "icap/detail/settings.h"
#include "icap/detail/told.h"
#include "service/event.h"
#include "service/line_file.h"
#include "service/shared_watch.h"
#include "session/session.h"

namespace mogura::icap::detail {

struct Shared {
  explicit Shared(challenge::StateStore* state_store) : store(state_store) {}

  challenge::StateStore* const store;  // may be nullptr
  Pending pending;
  Deliveries deliveries;
  Told told;
  std::unique_ptr<service::SharedWatch> passive;  // what is noticed of requests without asking
  std::unique_ptr<service::LineFile> events;      // may be nullptr
  service::EventObserver on_event;
  std::function<void(const session::Session&)> on_session;  // empty: sessions are not kept
  std::atomic<std::size_t> connections{0};                  // of all loops
  const std::uint64_t salt = random_id();                   // for numbers of connections

  // Before the first loop runs. Empty: none are kept.
  void keep_sessions(std::function<void(const session::Session&)> observer) {
    on_session = std::move(observer);
    if (!on_session) return;
    pending.on_dropped = [this](const Judged& judged) {
      on_session(session_of(judged.asked, judged.texts(), {}));
    };
  }

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
