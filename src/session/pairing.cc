#include "session/pairing.h"

#include <algorithm>

namespace mogura::session {
namespace {

// The two halves of a tunnel begin within this time of each other, and a request passes both within it; it
// keeps apart what merely looks alike.
constexpr std::chrono::seconds kSameTime{120};

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
  const Session& half = finished.session;
  if (keys.hello != 0) return began_with(keys.hello, half);
  if (keys.early != 0 && began_with(keys.early, half)) return true;
  return keys.from_proxy && !keys.requests.empty() &&
         std::all_of(keys.requests.begin(), keys.requests.end(),
                     [&](std::uint64_t key) { return carried(key, half); });
}

// The session that had this key last, if by its endpoints it can be the half before this one.
const Pairing::Known* Pairing::find(std::uint64_t key, const Session& half) const {
  const auto found = known_.find(key);
  if (found == known_.end()) return nullptr;
  const Known& first = found->second;
  const bool is_to_same_proxy = first.server == half.server;
  const bool is_proxy_at_client = first.server.address == first.client.address;
  const bool is_of_same_client = first.client.address == half.client.address && !is_proxy_at_client;
  return is_to_same_proxy || is_of_same_client ? nullptr : &first;
}

bool Pairing::began_with(std::uint64_t key, const Session& half) const {
  const Known* first = find(key, half);
  return first != nullptr && std::chrono::abs(first->start - half.start) <= kSameTime;
}

// A proxy's connection carries requests of several clients, one after the other: it begins and ends at other
// times than theirs.
bool Pairing::carried(std::uint64_t key, const Session& half) const {
  const Known* first = find(key, half);
  return first != nullptr && half.start - first->end <= kSameTime && first->start - half.end <= kSameTime;
}

void Pairing::remember(const Finished& finished) {
  const Session& session = finished.session;
  const Known known{session.client, session.server, session.start, session.end};
  remember(finished.keys.hello, known);
  remember(finished.keys.early, known);
  for (const std::uint64_t key : finished.keys.requests) remember(key, known);
}

void Pairing::remember(std::uint64_t key, const Known& known) {
  if (key == 0) return;
  if (!known_.insert_or_assign(key, known).second) return;
  known_order_.push_back(key);
  if (known_order_.size() <= kKnown) return;
  known_.erase(known_order_.front());
  known_order_.pop_front();
}

}  // namespace mogura::session
