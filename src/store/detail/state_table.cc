#include "store/detail/state_table.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/hash.h"

namespace mogura::store::detail {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kFewestPlaces = 4;
// What malloc needs for itself, at most.
constexpr std::size_t kMallocBytes = 24;
// Entries looked at to find one to forget.
constexpr std::size_t kLookedAt = 16;

// Tables of a page and more are mapped, and fill their pages: when 2,000 shards grow one after the other, the
// pieces of a heap that were given back would be too small for those that come later.
bool is_mapped(std::size_t places) {
  return places * sizeof(StateRecord) > kPage - sizeof(StateRecord);
}

std::size_t bytes_of(std::size_t places) {
  const std::size_t bytes = places * sizeof(StateRecord);
  return is_mapped(places) ? (bytes + kPage - 1) / kPage * kPage : bytes + kMallocBytes;
}

// As many as fit into the memory that these need.
std::size_t fitting(std::size_t places) {
  return is_mapped(places) ? bytes_of(places) / sizeof(StateRecord) : places;
}

StateRecord* allocate(std::size_t places) {
  if (!is_mapped(places)) return static_cast<StateRecord*>(std::calloc(places, sizeof(StateRecord)));
  void* memory =
      ::mmap(nullptr, bytes_of(places), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<StateRecord*>(memory);
}

void release(StateRecord* places, std::size_t count) {
  if (places != nullptr && is_mapped(count)) {
    ::munmap(places, bytes_of(count));
  } else {
    std::free(places);
  }
}

}  // namespace

std::uint64_t hash_of(const challenge::StateKey& key) {
  return hash_mix(load_be64(key.bytes.data()), load_be64(key.bytes.data() + 8));
}

StateTable::~StateTable() {
  release(places_, capacity_);
}

EntryBytes* StateTable::find(const challenge::StateKey& key, std::uint32_t hash) {
  if (used_ == 0) return nullptr;
  for (std::size_t place = home_of(hash); is_used(place); place = next(place)) {
    if (places_[place].key == key) return &places_[place].entry;
  }
  return nullptr;
}

EntryBytes* StateTable::insert(const challenge::StateKey& key, std::uint32_t hash, Timestamp now) {
  if (!make_room(now)) return nullptr;
  std::size_t place = home_of(hash);
  while (is_used(place)) place = next(place);
  places_[place].key = key;
  ++used_;
  return &places_[place].entry;
}

bool StateTable::make_room(Timestamp now) {
  const bool is_full = used_ >= limit_;
  if (!is_full && capacity_ != 0 && used_ < most_used()) return true;
  if (!is_full && rebuild(now)) return true;
  // Without memory to grow, what is there is the bound.
  if (used_ == 0) return false;
  evict_one(now);
  return true;
}

// Into a table half as large again as what has not expired needs.
bool StateTable::rebuild(Timestamp now) {
  std::size_t living = 0;
  for (std::size_t place = 0; place < capacity_; ++place) {
    if (is_used(place) && !is_expired(places_[place].entry, now)) ++living;
  }
  const std::size_t wanted = fitting(std::max(kFewestPlaces, (living + 1) * 12 / 7 + 1));
  StateRecord* fresh = allocate(wanted);
  if (fresh == nullptr) return false;
  StateRecord* const old = std::exchange(places_, fresh);
  const std::size_t old_capacity = std::exchange(capacity_, wanted);
  scatter_ = static_cast<std::uint32_t>(hash_mix(wanted, kFewestPlaces)) | 1;
  expired_ += used_ - living;
  used_ = 0;
  for (std::size_t place = 0; place < old_capacity; ++place) {
    const StateRecord& record = old[place];
    if (record.entry[0] != 0 && !is_expired(record.entry, now)) take(record);
  }
  release(old, old_capacity);
  allocated_ = bytes_of(capacity_);
  hand_ = 0;
  return true;
}

void StateTable::take(const StateRecord& record) {
  std::size_t place = home_of(static_cast<std::uint32_t>(hash_of(record.key)));
  while (is_used(place)) place = next(place);
  places_[place] = record;
  ++used_;
}

// The hand goes round, so that every entry is looked at in its turn. An expired one is always the longest
// untouched.
void StateTable::evict_one(Timestamp now) {
  std::size_t oldest = capacity_;
  for (std::size_t seen = 0, wanted = std::min(kLookedAt, used_); seen < wanted; hand_ = next(hand_)) {
    if (!is_used(hand_)) continue;
    ++seen;
    if (oldest == capacity_ || touched_of(places_[hand_].entry) < touched_of(places_[oldest].entry)) {
      oldest = hand_;
    }
  }
  ++(is_expired(places_[oldest].entry, now) ? expired_ : evicted_);
  erase(oldest);
}

// Those behind move up, as far as they are not in front of their home then: no search ends too early.
void StateTable::erase(std::size_t hole) {
  for (std::size_t place = next(hole); is_used(place); place = next(place)) {
    const std::size_t home = home_of(static_cast<std::uint32_t>(hash_of(places_[place].key)));
    const std::size_t from_home = (place + capacity_ - home) % capacity_;
    const std::size_t from_hole = (place + capacity_ - hole) % capacity_;
    if (from_home < from_hole) continue;
    places_[hole] = places_[place];
    hole = place;
  }
  places_[hole].entry[0] = 0;
  --used_;
}

void StateTable::copy_to(std::vector<StateRecord>& records) const {
  records.reserve(records.size() + used_);
  for (std::size_t place = 0; place < capacity_; ++place) {
    if (is_used(place)) records.push_back(places_[place]);
  }
}

}  // namespace mogura::store::detail
