#include "icap/detail/deliveries.h"

namespace mogura::icap::detail {

Timestamp Deliveries::expect(const challenge::StateKey& key, std::uint64_t connection, Timestamp now,
                             Duration margin) {
  const std::scoped_lock lock(mutex_);
  turn(now, margin);
  for (const Generation* generation : {&young_, &old_}) {
    const auto found = generation->find(key);
    if (found != generation->end() && found->second.due > now) return found->second.due;
  }
  if (young_.size() < kEntries) young_[key] = {.due = now + margin, .connection = connection};
  return now + margin;
}

bool Deliveries::is_early(const challenge::StateKey& key, std::uint64_t connection, Timestamp began) {
  if (connection == 0) return false;
  const std::scoped_lock lock(mutex_);
  for (Generation* generation : {&young_, &old_}) {
    const auto found = generation->find(key);
    if (found == generation->end() || found->second.due <= began) continue;
    if (found->second.connection != connection) return false;
    generation->erase(found);
    return true;
  }
  return false;
}

// What was not touched for a margin is over.
void Deliveries::turn(Timestamp now, Duration margin) {
  if (now - turned_ < margin && now >= turned_) return;
  turned_ = now;
  old_ = std::move(young_);
  young_.clear();
}

}  // namespace mogura::icap::detail
