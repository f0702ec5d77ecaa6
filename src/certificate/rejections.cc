#include "certificate/rejections.h"

namespace mogura::certificate {

std::string Rejections::key_of(const Address& client, std::string_view name) {
  return client.to_string().append(1, ' ').append(name);
}

bool Rejections::is_bypassed(const Address& client, std::string_view name, Timestamp now) const {
  if (by_key_.empty()) return false;
  const auto found = by_key_.find(key_of(client, name));
  return found != by_key_.end() && now < found->second->until;
}

bool Rejections::rejected(const Address& client, std::string_view name, bool is_silent, Timestamp now) {
  if (keep_ <= Duration::zero()) return false;
  std::string key = key_of(client, name);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    list_.splice(list_.begin(), list_, found->second);
  } else {
    if (by_key_.size() >= entries_) {
      by_key_.erase(list_.back().key);
      list_.pop_back();
    }
    list_.push_front({std::move(key), 0, {}});
    by_key_.emplace(list_.front().key, list_.begin());
  }
  Entry& entry = list_.front();
  if (is_silent && ++entry.silent < kSilentRejections) return false;
  const bool was_bypassed = now < entry.until;
  entry.silent = 0;
  entry.until = now + keep_;
  return !was_bypassed;
}

void Rejections::served(const Address& client, std::string_view name) {
  if (by_key_.empty()) return;
  const auto found = by_key_.find(key_of(client, name));
  if (found != by_key_.end()) found->second->silent = 0;
}

}  // namespace mogura::certificate
