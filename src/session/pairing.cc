#include "session/pairing.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

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
  const std::uint32_t number = index_[place_of(key)];
  if (number == 0) return nullptr;
  const Known& first = known_[number - 1];
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
  std::size_t place = place_of(key);
  if (index_[place] != 0) {
    known_[index_[place] - 1] = known;
    return;
  }
  std::size_t number = keys_.size();
  if (number == kKnown) {
    number = oldest_;
    oldest_ = (oldest_ + 1) % kKnown;
    forget(keys_[number]);
    place = place_of(key);
    keys_[number] = key;
    known_[number] = known;
  } else {
    keys_.push_back(key);
    known_.push_back(known);
  }
  index_[place] = static_cast<std::uint32_t>(number + 1);
}

std::size_t Pairing::place_of(std::uint64_t key) const {
  const std::size_t mask = index_.size() - 1;
  std::size_t place = hash_mix(key, 0) & mask;
  while (index_[place] != 0 && keys_[index_[place] - 1] != key) place = (place + 1) & mask;
  return place;
}

// Closes the gap: what stands behind it and would not be found any more moves up.
void Pairing::forget(std::uint64_t key) {
  const std::size_t mask = index_.size() - 1;
  std::size_t gap = place_of(key);
  index_[gap] = 0;
  for (std::size_t next = (gap + 1) & mask; index_[next] != 0; next = (next + 1) & mask) {
    const std::size_t home = hash_mix(keys_[index_[next] - 1], 0) & mask;
    if (((next - home) & mask) < ((next - gap) & mask)) continue;
    index_[gap] = std::exchange(index_[next], 0);
    gap = next;
  }
}

}  // namespace mogura::session
