#include "proxy/detail/shared.h"

namespace mogura::proxy::detail {

bool ClientCounts::enter(const Address& client, const ProxyLimits& limits) {
  const std::scoped_lock lock(mutex_);
  if (all_ >= limits.connections) return false;
  std::size_t& count = by_client_[client];
  if (count >= limits.connections_per_client) return false;
  ++count;
  ++all_;
  return true;
}

void ClientCounts::leave(const Address& client) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_client_.find(client);
  if (found == by_client_.end()) return;
  --all_;
  if (--found->second == 0) by_client_.erase(found);
}

}  // namespace mogura::proxy::detail
