#include "proxy/detail/name_cache.h"

#include <utility>

#include "base/hash.h"

namespace mogura::proxy::detail {

std::size_t NameCache::Hash::operator()(std::string_view name) const {
  return hash_bytes({reinterpret_cast<const std::uint8_t*>(name.data()), name.size()}, seed);
}

const NameAnswer* NameCache::find(std::string_view name, Time now) {
  const auto found = index_.find(name);
  if (found == index_.end()) return nullptr;
  if (now >= found->second->end) {
    erase(found->second);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->answer;
}

void NameCache::put(std::string_view name, NameAnswer answer, Time end) {
  if (const auto found = index_.find(name); found != index_.end()) erase(found->second);
  if (limit_ == 0) return;
  if (entries_.size() >= limit_) erase(std::prev(entries_.end()));
  entries_.push_front({std::string(name), std::move(answer), end});
  index_.emplace(entries_.front().name, entries_.begin());
}

void NameCache::erase(Entries::iterator entry) {
  index_.erase(entry->name);
  entries_.erase(entry);
}

}  // namespace mogura::proxy::detail
