#include "feature/detail/length_tally.h"

#include <algorithm>
#include <tuple>

namespace mogura::feature::detail {

using session::Direction;

bool LengthTally::is_before(const Entry& a, const Entry& b) {
  if (a.is_down != b.is_down) return a.is_down < b.is_down;
  return a.length < b.length;
}

bool LengthTally::is_more_frequent(const Entry& a, const Entry& b) {
  if (a.sessions != b.sessions) return a.sessions > b.sessions;
  if (a.messages != b.messages) return a.messages > b.messages;
  return is_before(a, b);
}

void LengthTally::add(const session::Session& session, std::uint32_t min_repeats) {
  for (const session::LengthCount& l : session.lengths) {
    if (l.count < min_repeats) continue;
    Entry entry;
    entry.length = l.length;
    entry.sessions = 1;
    entry.messages = l.count;
    entry.is_down = l.direction == Direction::kDown;
    count(entry);
  }
}

void LengthTally::merge(const LengthTally& other) {
  for (const Entry& entry : other.entries_) count(entry);
}

void LengthTally::count(const Entry& entry) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), entry, is_before);
  if (at != entries_.end() && !is_before(entry, *at)) {
    at->sessions += entry.sessions;
    at->messages = at->messages + entry.messages;
    return;
  }
  entries_.insert(at, entry);
  const auto in_direction = std::count_if(entries_.begin(), entries_.end(),
                                          [&](const Entry& e) { return e.is_down == entry.is_down; });
  if (static_cast<std::size_t>(in_direction) > Service::kLengths) forget_half(entry.is_down);
}

void LengthTally::forget_half(bool is_down) {
  std::vector<Entry> sorted;
  for (const Entry& e : entries_) {
    if (e.is_down == is_down) sorted.push_back(e);
  }
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(Service::kLengths / 2);
  std::nth_element(sorted.begin(), middle, sorted.end(), is_more_frequent);
  const Entry first_forgotten = *middle;
  std::erase_if(entries_, [&](const Entry& e) {
    return e.is_down == is_down && !is_more_frequent(e, first_forgotten);
  });
}

std::vector<RepeatedLength> LengthTally::lengths() const {
  std::vector<Entry> sorted = entries_;
  std::sort(sorted.begin(), sorted.end(), is_more_frequent);
  if (sorted.size() > Service::kListed) sorted.resize(Service::kListed);
  std::vector<RepeatedLength> found;
  for (const Entry& e : sorted) {
    found.push_back({e.is_down ? Direction::kDown : Direction::kUp, e.length, e.messages, e.sessions});
  }
  return found;
}

}  // namespace mogura::feature::detail
