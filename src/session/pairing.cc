#include "session/pairing.h"

#include <algorithm>

namespace mogura::session {
namespace {

// The two halves of a tunnel begin within this time of each other; it keeps apart what merely looks alike.
constexpr std::chrono::seconds kSameStart{120};

}  // namespace

bool Pairing::is_candidate(const Finished& finished) const {
  const PairingKeys& keys = finished.keys;
  if (keys.from_proxy) return true;
  return !keys.to_proxy && (keys.hello != 0 || keys.early != 0);
}

void Pairing::add(FinishedPtr finished, std::vector<FinishedPtr>& ready) {
  const Address& client = finished->session.client.address;
  if (std::find(proxies_.begin(), proxies_.end(), client) != proxies_.end()) finished->keys.from_proxy = true;
  if (is_candidate(*finished)) {
    held_.push_back(std::move(finished));
    if (held_.size() > kHeld) settle_front(ready);
    return;
  }
  if (finished->keys.to_proxy) remember(*finished);
  ready.push_back(std::move(finished));
}

void Pairing::advance(Timestamp now, std::vector<FinishedPtr>& ready) {
  while (!held_.empty() && now - held_.front()->session.end > kPatience) settle_front(ready);
}

void Pairing::finish(std::vector<FinishedPtr>& ready) {
  while (!held_.empty()) settle_front(ready);
}

void Pairing::settle_front(std::vector<FinishedPtr>& ready) {
  FinishedPtr finished = std::move(held_.front());
  held_.pop_front();
  if (is_other_half(*finished)) {
    ++paired_;
    return;
  }
  // A proxy behind the proxy: the next half must be recognised by this one.
  if (finished->keys.to_proxy) remember(*finished);
  ready.push_back(std::move(finished));
}

bool Pairing::is_other_half(const Finished& finished) const {
  const PairingKeys& keys = finished.keys;
  const Timestamp start = finished.session.start;
  if (keys.hello != 0) return knows(keys.hello, start);
  if (keys.early != 0 && knows(keys.early, start)) return true;
  return keys.from_proxy && !keys.requests.empty() &&
         std::all_of(keys.requests.begin(), keys.requests.end(),
                     [&](std::uint64_t key) { return known_.contains(key); });
}

bool Pairing::knows(std::uint64_t key, Timestamp start) const {
  const auto found = known_.find(key);
  return found != known_.end() && std::chrono::abs(found->second - start) <= kSameStart;
}

void Pairing::remember(const Finished& finished) {
  const Timestamp start = finished.session.start;
  remember(finished.keys.hello, start);
  remember(finished.keys.early, start);
  for (const std::uint64_t key : finished.keys.requests) remember(key, start);
}

void Pairing::remember(std::uint64_t key, Timestamp start) {
  if (key == 0) return;
  if (!known_.insert_or_assign(key, start).second) return;
  known_order_.push_back(key);
  if (known_order_.size() <= kKnown) return;
  known_.erase(known_order_.front());
  known_order_.pop_front();
}

}  // namespace mogura::session
