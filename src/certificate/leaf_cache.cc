#include "certificate/leaf_cache.h"

#include "certificate/detail/leaf.h"

namespace mogura::certificate {

Result<x509_st*> LeafCache::find_or_issue(const Authority& authority, const std::string& name,
                                          Timestamp now) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) {
    Entry& entry = *found->second;
    // A clock that was set back must not leave clients with what is not good yet.
    if (now < entry.renew && now >= entry.made - kLeafBackdated) {
      ++counters_.found;
      list_.splice(list_.begin(), list_, found->second);
      return entry.certificate.get();
    }
    list_.erase(found->second);
    by_name_.erase(found);
  }
  Result<Certificate> issued = authority.issue(name, now);
  if (!issued) return tl::unexpected(std::move(issued.error()));
  ++counters_.made;
  if (by_name_.size() >= entries_) {
    ++counters_.evicted;
    by_name_.erase(list_.back().name);
    list_.pop_back();
  }
  const Timestamp until = detail::time_of(X509_get0_notAfter(issued->get()));
  list_.push_front({name, std::move(*issued), now, until - kLeafRenewed});
  by_name_.emplace(list_.front().name, list_.begin());
  return list_.front().certificate.get();
}

void LeafCache::clear() {
  by_name_.clear();
  list_.clear();
}

}  // namespace mogura::certificate
