#include "app/live_matches.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"

namespace mogura::app {
namespace {

// The median interval stands still after this many messages.
constexpr std::uint64_t kSettledIntervals = 64;
// As of session::Pairing: the two sides of a tunnel begin within this time of each other.
constexpr std::chrono::seconds kSameTime{120};
// Keys of one waiting match.
constexpr std::size_t kFarKeys = 64;

bool contains_rhythm(const pattern::Condition& condition) {
  return condition.on == pattern::Condition::On::kRhythm ||
         std::any_of(condition.parts.begin(), condition.parts.end(), contains_rhythm);
}

std::uint64_t key_of(const session::Session& session) {
  const auto mix = [](std::uint64_t sum, const Endpoint& endpoint) {
    return hash_mix(hash_mix(sum, endpoint.address.high() ^ endpoint.port), endpoint.address.low());
  };
  const auto start = static_cast<std::uint64_t>(session.start.time_since_epoch().count());
  return hash_mix(mix(mix(start, session.client), session.server), session.vlan);
}

}  // namespace

// --- one thread's matcher ---

void MatcherUser::take_over() {
  version_ = current_.version();
  matcher_ = current_.get();
  scratch_.emplace(matcher_->scratch());
  has_rhythm_.clear();
  for (const pattern::Pattern& pattern : matcher_->patterns()) {
    has_rhythm_.push_back(contains_rhythm(pattern.condition));
  }
}

const std::vector<std::size_t>& MatcherUser::match(const session::Session& session) {
  if (version_ != current_.version()) take_over();
  matcher_->match(session, *scratch_, matched_);
  return matched_;
}

// --- on the worker ---

// Sides that pairing will tell apart by the whole session, and those that have no key yet to be told by.
bool LiveMatcher::is_left_for_its_end(const session::Finished& so_far) const {
  const session::PairingKeys& keys = so_far.keys;
  if (keys.from_proxy) return true;
  if (std::find(proxies_.begin(), proxies_.end(), so_far.session.client.address) != proxies_.end())
    return true;
  return so_far.session.kind == session::Kind::kOther && keys.hello == 0 && keys.early == 0;
}

void LiveMatcher::on_progress(const session::Finished& so_far) {
  const session::PairingKeys& keys = so_far.keys;
  const bool has_key = keys.hello != 0 || keys.early != 0;
  const std::uint64_t session = key_of(so_far.session);
  if (keys.to_proxy && has_key && told_.insert(hash_mix(keys.hello ^ keys.early, session))) {
    matches_.add_near_side(so_far);
  }
  if (is_left_for_its_end(so_far)) return;
  const bool may_be_far_side = !keys.to_proxy && has_key;
  if (may_be_far_side && waiting_.contains(session)) matches_.add_far_key(so_far);
  for (const std::size_t pattern : user_.match(so_far.session)) {
    if (user_.has_rhythm(pattern) && so_far.session.exchanges[0] <= kSettledIntervals) continue;
    const std::string& id = user_.matcher().patterns()[pattern].id;
    if (!reported_.insert(hash_bytes(as_bytes(id), session))) continue;
    if (may_be_far_side) waiting_.insert(session);
    matches_.add(make_alert(user_.matcher(), pattern, redacting_(so_far.session)), so_far, may_be_far_side);
  }
}

// --- between the threads ---

void LiveMatches::add_near_side(const session::Finished& so_far) {
  const Side side{so_far.session.client, so_far.session.server, so_far.session.start};
  const std::lock_guard lock(mutex_);
  remember(so_far.keys.hello, side);
  remember(so_far.keys.early, side);
}

void LiveMatches::remember(std::uint64_t key, const Side& side) {
  if (key == 0 || !known_.insert_or_assign(key, side).second) return;
  known_order_.push_back(key);
  if (known_order_.size() <= kKnown) return;
  known_.erase(known_order_.front());
  known_order_.pop_front();
}

void LiveMatches::add(report::Alert alert, const session::Finished& so_far, bool may_be_far_side) {
  const std::lock_guard lock(mutex_);
  if (!may_be_far_side) {
    ready_.push_back(std::move(alert));
    return;
  }
  const session::Session& session = so_far.session;
  waiting_.push_back({std::move(alert),
                      {session.client, session.server, session.start},
                      so_far.keys.hello,
                      {so_far.keys.early}});
  if (waiting_.size() > kWaiting) waiting_.pop_front();
}

void LiveMatches::add_far_key(const session::Finished& so_far) {
  const Side side{so_far.session.client, so_far.session.server, so_far.session.start};
  const std::lock_guard lock(mutex_);
  for (Waiting& waiting : waiting_) {
    const bool is_new = waiting.early.size() < kFarKeys && waiting.early.back() != so_far.keys.early;
    if (is_new && waiting.side == side) waiting.early.push_back(so_far.keys.early);
  }
}

// As session::Pairing decides.
bool LiveMatches::has_near_side(std::uint64_t key, const Side& far) const {
  const auto found = known_.find(key);
  if (key == 0 || found == known_.end()) return false;
  const Side& near = found->second;
  const bool is_proxy_at_client = near.server.address == near.client.address;
  const bool is_of_same_client = near.client.address == far.client.address && !is_proxy_at_client;
  return near.server != far.server && !is_of_same_client &&
         std::chrono::abs(near.start - far.start) <= kSameTime;
}

bool LiveMatches::is_far_side(const Waiting& waiting) const {
  if (waiting.hello != 0) return has_near_side(waiting.hello, waiting.side);
  return std::any_of(waiting.early.begin(), waiting.early.end(),
                     [&](std::uint64_t key) { return has_near_side(key, waiting.side); });
}

std::vector<report::Alert> LiveMatches::take(Timestamp now) {
  const std::lock_guard lock(mutex_);
  std::vector<report::Alert> alerts = std::move(ready_);
  ready_.clear();
  std::erase_if(waiting_, [&](Waiting& waiting) {
    if (now - waiting.alert.time <= kPatience) return false;
    if (!is_far_side(waiting)) alerts.push_back(std::move(waiting.alert));
    return true;
  });
  return alerts;
}

std::optional<report::Alert> LiveMatches::claim(const std::string& alert_id) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& waiting) { return waiting.alert.alert_id == alert_id; });
  if (found == waiting_.end()) return std::nullopt;
  report::Alert alert = std::move(found->alert);
  waiting_.erase(found);
  return alert;
}

}  // namespace mogura::app
