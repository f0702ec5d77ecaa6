#include "session/detail/message_stats.h"

#include <algorithm>
#include <cmath>

namespace mogura::session::detail {
namespace {

constexpr std::size_t kFirstSlots = 16;
constexpr std::size_t kFew = 12;    // messages for which room is made at first
constexpr std::size_t kGrowth = 4;  // of the memory of bytes, up to all that can come

// Seconds to the microsecond: what lies behind is the noise of single precision.
double to_microseconds(float seconds) {
  return std::round(static_cast<double>(seconds) * 1e6) / 1e6;
}

// Whole ones; 0 where the clock went back.
std::uint32_t milliseconds_between(Timestamp start, Timestamp time) {
  constexpr std::uint64_t kNanoseconds = 1'000'000;
  if (time < start) return 0;
  const auto between = static_cast<std::uint64_t>((time - start).count()) / kNanoseconds;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(between, UINT32_MAX));
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

MessageStats::~MessageStats() {
  MessageMemory::give_back(messages_, memory_.kept);
  memory_.give_back_text(message_bytes_);
}

void MessageStats::set_start(Timestamp start) {
  if (!start_) start_ = start;
  if (*start_ == start) return;
  // An earlier packet was captured later.
  const auto shift = std::chrono::duration_cast<std::chrono::milliseconds>(*start_ - start).count();
  for (KeptMessage& message : messages_) {
    message.time_ms = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(std::int64_t{message.time_ms} + shift, 0, UINT32_MAX));
  }
  start_ = start;
}

void MessageStats::add(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes) {
  count(direction, length, time);
  keep(direction, length, time, bytes);
}

void MessageStats::count(Direction direction, std::uint32_t length, Timestamp time) {
  const std::size_t i = index(direction);
  if (direction == Direction::kUp) {
    if (count_[i] > 0 && intervals_s_.size() < kIntervals) {
      intervals_s_.push_back(std::abs(static_cast<float>(to_seconds(time - last_up_))));
    }
    last_up_ = time;
  }
  if (last_direction_ == kNobody) {
    last_direction_ = static_cast<std::uint8_t>(i);
    latest_ = time;
  }
  turns_ += last_direction_ != i ? 1 : 0;
  last_direction_ = static_cast<std::uint8_t>(i);
  silence_ = std::max(silence_, time - latest_);
  latest_ = std::max(latest_, time);
  small_[i] += length <= kSmallMessage ? 1 : 0;
  ++count_[i];
  last_counted_[i] = length;
  last_length_[i] = 0;
}

void MessageStats::keep(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes) {
  const std::size_t i = index(direction);
  last_length_[i] = length;
  lengths_[i].add(length, limits_.message_lengths);
  last_kept_[i] = kNone;
  if (keeps(direction)) keep_beginning(direction, length, time, bytes);
}

void MessageStats::keep_beginning(Direction direction, std::uint32_t length, Timestamp time, ByteView bytes) {
  const std::size_t number = messages_.size();
  if (number == messages_.capacity()) make_room();
  if (!start_) start_ = time;
  const std::size_t kept =
      std::min(std::min(bytes.size(), limits_.kept_bytes_per_message), std::size_t{UINT16_MAX});
  messages_.push_back(
      {length, milliseconds_between(*start_, time), static_cast<std::uint16_t>(kept), direction});
  if (kept != 0) keep_bytes(bytes.first(kept));
  const std::size_t i = index(direction);
  last_kept_[i] = static_cast<std::uint32_t>(number);
  --room_[i];
  room_[1 - i] = std::min(room_[1 - i], static_cast<std::uint32_t>(limits_.kept_messages - number - 1));
}

// Many connections are short; the others need all, and not twice as much.
void MessageStats::make_room() {
  if (messages_.empty()) MessageMemory::take(memory_.kept, messages_);
  const std::size_t most = limits_.kept_messages;
  if (messages_.size() == messages_.capacity())
    messages_.reserve(messages_.empty() ? std::min(kFew, most) : most);
}

void MessageStats::keep_bytes(ByteView bytes) {
  if (message_bytes_.empty()) MessageMemory::take(memory_.texts, message_bytes_);
  const std::size_t size = message_bytes_.size() + bytes.size();
  if (size > message_bytes_.capacity()) {
    const std::size_t most = std::max(size, limits_.kept_messages * limits_.kept_bytes_per_message);
    message_bytes_.reserve(std::min(most, kGrowth * size));
  }
  message_bytes_.append(as_text(bytes));
}

void MessageStats::lengthen_counted(Direction direction, std::uint32_t more) {
  const std::size_t i = index(direction);
  if (count_[i] == 0) return;
  const bool was_small = last_counted_[i] <= kSmallMessage;
  last_counted_[i] += more;
  if (was_small && last_counted_[i] > kSmallMessage) --small_[i];
}

void MessageStats::lengthen_kept(Direction direction, std::uint32_t more, Timestamp time) {
  const std::size_t i = index(direction);
  if (last_length_[i] == 0) return keep(direction, more, time, {});
  lengths_[i].remove(last_length_[i]);
  last_length_[i] += more;
  lengths_[i].add(last_length_[i], limits_.message_lengths);
  if (last_kept_[i] != kNone) messages_[last_kept_[i]].length = last_length_[i];
}

void MessageStats::restart_keeping() {
  messages_.clear();
  message_bytes_.clear();
  last_length_ = {};
  last_kept_ = {kNone, kNone};
  room_ = {most_of_one(), most_of_one()};
  for (LengthHistogram& lengths : lengths_) lengths.clear();
}

void MessageStats::clear() {
  restart_keeping();
  count_ = {};
  last_counted_ = small_ = {};
  turns_ = 0;
  last_direction_ = kNobody;
  latest_ = last_up_ = {};
  silence_ = {};
  intervals_s_.clear();
}

void MessageStats::write_messages(bool is_over) {
  std::vector<MessageStart>& messages = session_.messages;
  if (messages.capacity() < messages_.size()) MessageMemory::take(memory_.lists, messages);
  messages.clear();
  messages.reserve(messages_.size());
  std::uint32_t at = 0;
  for (const KeptMessage& message : messages_) {
    messages.push_back({message.direction, message.length, message.time_ms, at, message.bytes_count});
    at += message.bytes_count;
  }
  if (is_over) {
    session_.message_bytes.swap(message_bytes_);
  } else {
    session_.message_bytes = message_bytes_;
  }
}

void MessageStats::write(bool is_over) {
  write_messages(is_over);
  session_.exchanges = count_;
  session_.turns = turns_;
  session_.small_messages = small_;
  session_.longest_silence_s = to_seconds(std::chrono::floor<std::chrono::microseconds>(silence_));
  session_.lengths.clear();
  lengths_[0].append_to(session_.lengths, Direction::kUp);
  lengths_[1].append_to(session_.lengths, Direction::kDown);
  std::sort(session_.lengths.begin(), session_.lengths.end(), [](const LengthCount& a, const LengthCount& b) {
    if (a.count != b.count) return a.count > b.count;
    if (a.direction != b.direction) return a.direction < b.direction;
    return a.length < b.length;
  });
  write_interval();
}

void MessageStats::write_interval() const {
  session_.has_interval = !intervals_s_.empty();
  session_.interval_median_s = session_.interval_mad_s = 0;
  if (intervals_s_.empty()) return;
  std::vector<float> values = intervals_s_;
  const float median = median_of(values);
  for (float& value : values) value = std::abs(value - median);
  session_.interval_median_s = to_microseconds(median);
  session_.interval_mad_s = to_microseconds(median_of(values));
}

}  // namespace mogura::session::detail
