#pragma once

// Where entries live: in this process or in Redis (room store). One update is atomic: read, advance(), write.
// A store that is slow, full or down says so, and never invents a state: whoever asks then judges nothing.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "challenge/state.h"

namespace mogura::challenge {

struct StateStoreCounters {
  std::uint64_t updates = 0;      // answered
  std::uint64_t unavailable = 0;  // not: the store is down
  std::uint64_t slow = 0;         // not within the deadline
  std::uint64_t evicted = 0;      // entries that had to make room
  std::uint64_t expired = 0;
  std::uint64_t entries = 0;  // now; of a shared store, 0
  std::uint64_t bytes = 0;    // of memory in this process
};

class StateStore {
 public:
  // Comes exactly once, on any thread; nothing: the store did not answer in time, or is down.
  using Later = std::function<void(const std::optional<Outcome>&)>;

  struct Answer {
    enum class Kind : std::uint8_t {
      kNow,          // here is the outcome; `later` is not called
      kLater,        // `later` will be called, at the latest after the store's deadline
      kUnavailable,  // the store is known to be down or slow; `later` is not called
    };
    Kind kind = Kind::kUnavailable;
    Outcome outcome;
  };

  virtual ~StateStore() = default;
  // Any thread. Never blocks. What is asked with kInserted and kDelivered needs no answer: `later` may be
  // empty.
  virtual Answer update(const StateKey& key, const Input& input, Later later) = 0;
  // Any thread.
  [[nodiscard]] virtual StateStoreCounters counters() const = 0;
  // Why the store last did not answer; empty: it does. Any thread.
  [[nodiscard]] virtual std::string last_error() const = 0;
  // Saves what is to be saved; no update() may follow. Called once, before destruction.
  virtual void stop() = 0;
};

}  // namespace mogura::challenge
