#pragma once

// A fixed number of sessions out of a stream, the same whatever the order in which they come: those whose
// identity has the smallest hash. Private to the room.

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "population/stable_hash.h"
#include "session/session.h"

namespace mogura::finding::detail {

class Sample {
 public:
  explicit Sample(std::size_t capacity) : capacity_(capacity) {}

  void add(const session::Session& session) {
    if (capacity_ == 0) return;
    const std::uint64_t hash = hash_of(session);
    if (sessions_.size() == capacity_ && hash >= sessions_.front().first) return;
    push(hash, std::make_unique<session::Session>(session));
  }

  void merge(const Sample& other) {
    for (const auto& [hash, session] : other.sessions_) add(*session);
  }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& [hash, session] : sessions_) visit(*session);
  }

 private:
  using Entry = std::pair<std::uint64_t, std::unique_ptr<session::Session>>;

  static std::uint64_t hash_of(const session::Session& session) {
    std::uint64_t state = population::stable_hash(session.client.address);
    state = population::detail::absorb(state, population::stable_hash(session.server.address));
    state = population::detail::absorb(state, std::uint64_t{session.client.port} << 16 | session.server.port);
    return population::detail::avalanche(population::detail::absorb(
        state, static_cast<std::uint64_t>(session.start.time_since_epoch().count())));
  }

  void push(std::uint64_t hash, std::unique_ptr<session::Session> session) {
    const auto is_less = [](const Entry& a, const Entry& b) { return a.first < b.first; };
    if (sessions_.size() == capacity_) {
      std::pop_heap(sessions_.begin(), sessions_.end(), is_less);
      sessions_.pop_back();
    }
    sessions_.emplace_back(hash, std::move(session));
    std::push_heap(sessions_.begin(), sessions_.end(), is_less);
  }

  std::size_t capacity_;
  std::vector<Entry> sessions_;  // a heap, the largest hash first
};

}  // namespace mogura::finding::detail
