#pragma once

// Entries by key: one shard of the challenge state in memory. Open addressing, places of 52 bytes without
// pointers, at most seven in eight used; grows by half, so that with the old table gone at least four in
// seven are. The table is not locked and reads no clock: whoever owns it does.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "challenge/state.h"
#include "store/detail/entry_bytes.h"

namespace mogura::store::detail {

struct StateRecord {
  challenge::StateKey key;
  EntryBytes entry;  // first byte 0: no record here
};
static_assert(sizeof(StateRecord) == 52);

class StateTable {
 public:
  // At most `limit` entries, each for `ttl` since it was touched.
  StateTable(std::size_t limit, Duration ttl) : limit_(limit), ttl_(ttl) {}
  ~StateTable();
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;

  // `hash` of the key: its upper bits may be used for something else. nullptr: not there.
  EntryBytes* find(const challenge::StateKey& key, std::uint32_t hash);
  // A place for a key that is not there, whose bytes the caller sets before anything else is called. Makes
  // room where there is none: expired entries go first, then the longest untouched of some. nullptr: no
  // memory.
  EntryBytes* insert(const challenge::StateKey& key, std::uint32_t hash, Timestamp now);
  [[nodiscard]] bool is_expired(const EntryBytes& entry, Timestamp now) const {
    const Timestamp touched = touched_of(entry);
    return touched <= now && now - touched >= ttl_;
  }

  // All records, appended.
  void copy_to(std::vector<StateRecord>& records) const;
  [[nodiscard]] std::size_t size() const { return used_; }
  // Of memory, all told.
  [[nodiscard]] std::size_t bytes() const { return allocated_; }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  [[nodiscard]] std::uint64_t expired() const { return expired_; }
  void count_expired() { ++expired_; }

 private:
  [[nodiscard]] std::size_t home_of(std::uint32_t hash) const {
    return static_cast<std::size_t>((std::uint64_t{hash * scatter_} * capacity_) >> 32);
  }
  [[nodiscard]] std::size_t next(std::size_t place) const { return place + 1 == capacity_ ? 0 : place + 1; }
  [[nodiscard]] bool is_used(std::size_t place) const { return places_[place].entry[0] != 0; }
  [[nodiscard]] std::size_t most_used() const { return capacity_ - capacity_ / 8 - 1; }
  bool make_room(Timestamp now);
  bool rebuild(Timestamp now);
  void evict_one(Timestamp now);
  void erase(std::size_t place);
  void take(const StateRecord& record);

  std::size_t limit_;
  Duration ttl_;
  StateRecord* places_ = nullptr;
  std::size_t capacity_ = 0, used_ = 0, allocated_ = 0;
  // Odd, another one for each capacity: entries that come in the order of a larger table (from a snapshot)
  // would else all belong to the beginning of a smaller one.
  std::uint32_t scatter_ = 1;
  std::size_t hand_ = 0;  // where evict_one() looks next
  std::uint64_t evicted_ = 0, expired_ = 0;
};

// Of a key, 64 bits: a table uses the lower half.
std::uint64_t hash_of(const challenge::StateKey& key);
struct StateKeyHash {
  std::size_t operator()(const challenge::StateKey& key) const { return hash_of(key); }
};

}  // namespace mogura::store::detail
