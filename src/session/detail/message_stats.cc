#include "session/detail/message_stats.h"

#include <algorithm>
#include <cmath>

namespace mogura::session::detail {
namespace {

constexpr std::size_t kFirstSlots = 16;

// Seconds to the microsecond: what lies behind is the noise of single precision.
double to_microseconds(float seconds) {
  return std::round(static_cast<double>(seconds) * 1e6) / 1e6;
}

float median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

}  // namespace

LengthHistogram::Slot* LengthHistogram::find(std::uint32_t length) {
  if (slots_.empty()) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = (length * 0x9E3779B1u) >> 16;; ++i) {
    Slot& slot = slots_[i & mask];
    if (slot.length_plus_one == length + 1 || slot.length_plus_one == 0) return &slot;
  }
}

void LengthHistogram::grow() {
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : 2 * slots_.size());
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.length_plus_one != 0) *find(slot.length_plus_one - 1) = slot;
  }
}

void LengthHistogram::add(std::uint32_t length, std::size_t limit) {
  Slot* slot = find(length);
  if (slot == nullptr || slot->length_plus_one == 0) {
    if (distinct_ >= limit) return;
    if (4 * (distinct_ + 1) > 3 * slots_.size()) {
      grow();
      slot = find(length);
    }
    slot->length_plus_one = length + 1;
    ++distinct_;
  }
  ++slot->count;
}

void LengthHistogram::remove(std::uint32_t length) {
  Slot* slot = find(length);
  // The slot stays taken: an open-addressed table must not lose its chains.
  if (slot != nullptr && slot->length_plus_one != 0 && slot->count > 0) --slot->count;
}

void LengthHistogram::append_to(std::vector<LengthCount>& out, Direction direction) const {
  for (const Slot& slot : slots_) {
    if (slot.count > 1) out.push_back({direction, slot.length_plus_one - 1, slot.count});
  }
}

void MessageStats::add(Direction direction, std::uint32_t length, Timestamp time, const Limits& limits) {
  const std::size_t i = index(direction);
  if (direction == Direction::kUp) {
    if (count_[i] > 0 && intervals_s_.size() < kIntervals) {
      intervals_s_.push_back(std::abs(static_cast<float>(to_seconds(time - last_up_))));
    }
    last_up_ = time;
  }
  ++count_[i];
  last_length_[i] = length;
  lengths_[i].add(length, limits.message_lengths);
}

void MessageStats::lengthen_last(Direction direction, std::uint32_t more, const Limits& limits) {
  const std::size_t i = index(direction);
  if (count_[i] == 0) return;
  lengths_[i].remove(last_length_[i]);
  last_length_[i] += more;
  lengths_[i].add(last_length_[i], limits.message_lengths);
}

void MessageStats::clear() {
  count_ = {};
  last_length_ = {};
  for (LengthHistogram& lengths : lengths_) lengths.clear();
  last_up_ = {};
  intervals_s_.clear();
}

void MessageStats::write_to(Session& session) const {
  session.exchanges = count_;
  lengths_[0].append_to(session.lengths, Direction::kUp);
  lengths_[1].append_to(session.lengths, Direction::kDown);
  std::sort(session.lengths.begin(), session.lengths.end(), [](const LengthCount& a, const LengthCount& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.direction != b.direction) return a.direction < b.direction;
    return a.length < b.length;
  });
  if (intervals_s_.empty()) return;
  std::vector<float> values = intervals_s_;
  const float median = median_of(values);
  for (float& value : values) value = std::abs(value - median);
  session.has_interval = true;
  session.interval_median_s = to_microseconds(median);
  session.interval_mad_s = to_microseconds(median_of(values));
}

}  // namespace mogura::session::detail
