#include "icap/detail/pending.h"

#include <sys/random.h>

#include <array>
#include <charconv>

#include "base/check.h"

namespace mogura::icap::detail {
namespace {

constexpr std::size_t kUrlBytes = 8192;  // no log has more of it
constexpr std::size_t kIdDigits = 16;

}  // namespace

Judged::Judged(std::shared_ptr<const Settings> by, challenge::Exchange&& of, std::string_view method_of,
               std::string_view url_of)
    : settings(std::move(by)),
      exchange(std::move(of)),
      method(method_of),
      url(url_of.substr(0, kUrlBytes)),
      user_agent(exchange.user_agent),
      host(exchange.host),
      path(exchange.path),
      user(exchange.client.user) {
  exchange.user_agent = user_agent;
  exchange.host = host;
  exchange.path = path;
  exchange.client.user = user;
}

std::uint64_t Pending::put(std::unique_ptr<Judged> judged, std::uint64_t trait, Timestamp now) {
  std::vector<std::unique_ptr<Judged>> dropped;
  std::uint64_t id = 0;
  {
    const std::scoped_lock lock(mutex_);
    id = next_id_;
    next_id_ = next_id_ == ~std::uint64_t{0} ? 1 : next_id_ + 1;
    while (!entries_.empty() && (entries_.size() >= kEntries || entries_.front().since + kKept < now)) {
      dropped.push_back(remove(entries_.begin()));
    }
    entries_.push_back({.id = id, .trait = trait, .since = now, .judged = std::move(judged)});
    const auto entry = std::prev(entries_.end());
    by_id_[id] = entry;
    if (trait != 0) by_trait_[trait] = entry;
  }
  tell(dropped);
  return id;
}

void Pending::tell(const std::vector<std::unique_ptr<Judged>>& dropped) const {
  if (!on_dropped) return;
  for (const std::unique_ptr<Judged>& each : dropped) on_dropped(*each);
}

void Pending::drop_all() {
  std::vector<std::unique_ptr<Judged>> dropped;
  {
    const std::scoped_lock lock(mutex_);
    while (!entries_.empty()) dropped.push_back(remove(entries_.begin()));
  }
  tell(dropped);
}

std::unique_ptr<Judged> Pending::take(std::uint64_t id) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : remove(found->second);
}

std::unique_ptr<Judged> Pending::take_by_trait(std::uint64_t trait) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_trait_.find(trait);
  return found == by_trait_.end() ? nullptr : remove(found->second);
}

std::size_t Pending::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

std::unique_ptr<Judged> Pending::remove(Entries::iterator entry) {
  std::unique_ptr<Judged> judged = std::move(entry->judged);
  by_id_.erase(entry->id);
  // A later request with the same trait has taken its place.
  const auto same = by_trait_.find(entry->trait);
  if (same != by_trait_.end() && same->second == entry) by_trait_.erase(same);
  entries_.erase(entry);
  return judged;
}

std::uint64_t random_id() {
  std::uint64_t id = 0;
  MOGURA_CHECK(getrandom(&id, sizeof id, 0) == static_cast<ssize_t>(sizeof id));
  return id | 1;
}

std::string id_text(std::uint64_t id) {
  std::array<char, kIdDigits> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), id, 16).ptr;
  return std::string(static_cast<const char*>(digits.data()), end);
}

std::uint64_t id_in(std::string_view text) {
  std::uint64_t id = 0;
  if (text.empty() || text.size() > kIdDigits) return 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

}  // namespace mogura::icap::detail
