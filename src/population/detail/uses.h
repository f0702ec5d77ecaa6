#pragma once

// Who goes where with what: one record for each combination of client, destination, User-Agent and cipher
// list that occurred, with its number of sessions and visits. All that statements of rarity rest on. A visit
// is one such combination in one step of ten seconds (by the session's start): what a page or a retry opens
// at once counts once, and so does a session that is counted twice. Private to the room. Not thread-safe.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "population/detail/signs.h"
#include "population/distinct.h"
#include "population/groups.h"

namespace mogura::population::detail {

inline constexpr std::chrono::seconds kVisitStep{10};
// Visits of one use beyond these are not counted.
inline constexpr std::uint8_t kVisitsPerUse = 64;
// Records kept; sessions that would need further ones are counted as not kept.
inline constexpr std::size_t kUses = std::size_t{1} << 21;
// Visits told apart; beyond, a use's visits are not counted further.
inline constexpr std::size_t kVisits = std::size_t{1} << 22;
// Destinations for which the name that did not fit is kept as an example, for each kind of misfit.
inline constexpr std::size_t kMisfitNames = 4096;

struct Use {
  std::uint32_t client = 0;       // number of the client
  std::uint32_t destination = 0;  // rows of the groups; user_agent and cipher_list also Counted::kNoKey
  std::uint32_t user_agent = 0;
  std::uint32_t cipher_list = 0;
  std::uint32_t sessions = 0;
  std::uint8_t visits = 0;
  Signs signs;  // of any of its sessions
};

// Numbers of records that are kept elsewhere, found by hash (open addressing).
class NumberTable {
 public:
  static constexpr std::uint32_t kNoNumber = 0xFFFFFFFF;

  // The number of the record that `is_it` says it is; else `next`, which then is the number of a new one;
  // kNoNumber where that would be `limit`.
  // `hash_of` gives the hashes of known numbers again.
  template <class IsIt, class HashOf>
  std::uint32_t number(std::uint64_t hash, std::size_t next, std::size_t limit, IsIt&& is_it,
                       HashOf&& hash_of) {
    if ((next + 1) * 3 > slots_.size() * 2) grow(next, hash_of);
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    for (; slots_[i].number_plus_one != 0; i = (i + 1) & mask) {
      const std::uint32_t number = slots_[i].number_plus_one - 1;
      if (slots_[i].tag == tag_of(hash) && is_it(number)) return number;
    }
    if (next >= limit) return kNoNumber;
    slots_[i] = {tag_of(hash), static_cast<std::uint32_t>(next + 1)};
    return static_cast<std::uint32_t>(next);
  }
  [[nodiscard]] std::size_t memory_bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t tag = 0;  // upper half of the hash: spares most looks at the record
    std::uint32_t number_plus_one = 0;
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  template <class HashOf>
  void grow(std::size_t count, HashOf&& hash_of) {
    slots_.assign(slots_.size() * 2, Slot{});
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t number = 0; number < count; ++number) {
      const std::uint64_t hash = hash_of(number);
      std::size_t i = hash & mask;
      while (slots_[i].number_plus_one != 0) i = (i + 1) & mask;
      slots_[i] = {tag_of(hash), static_cast<std::uint32_t>(number + 1)};
    }
  }
  std::vector<Slot> slots_ = std::vector<Slot>(64);
};

class Uses {
 public:
  explicit Uses(const Limits& limits)
      : client_limit_(limits.group_keys), exact_limit_(limits.distinct_exact) {}

  void add(const Counted& counted, const session::Session& session);
  // `rows[t]`: where the rows of the other's group table t are in the tables of this one's groups.
  void merge(const Uses& other, const std::array<std::vector<std::uint32_t>, 3>& rows);

  [[nodiscard]] const std::vector<Use>& all() const { return uses_; }
  // Hashes of the clients, by number.
  [[nodiscard]] const std::vector<std::uint64_t>& clients() const { return clients_; }
  // Distinct clients, with those beyond the limit.
  [[nodiscard]] std::uint64_t clients_count() const { return clients_.size() + clients_not_kept_.count(); }
  [[nodiscard]] std::uint64_t sessions_not_kept() const { return sessions_not_kept_; }
  // Of the names of that kind that did not fit the destination the first by bytes; empty: none known.
  [[nodiscard]] const std::string& misfit(Sign kind, std::uint32_t destination) const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  std::uint32_t number_of_client(std::uint64_t hash);
  std::uint32_t number_of_use(const Use& key);
  void count_visit(std::uint32_t use, std::uint32_t step);
  bool insert_visit(std::uint64_t visit);
  void keep_misfit(Sign kind, std::uint32_t destination, const std::string& name);

  std::size_t client_limit_;
  std::size_t exact_limit_;
  std::vector<std::uint64_t> clients_;
  Distinct clients_not_kept_;
  NumberTable client_numbers_;
  std::vector<Use> uses_;
  NumberTable use_numbers_;
  // A set by open addressing: number of the use + 1 and step; 0 is a free place.
  std::vector<std::uint64_t> visits_ = std::vector<std::uint64_t>(64);
  std::size_t visits_count_ = 0;
  std::unordered_map<std::uint64_t, std::string> misfits_;  // by kind and destination
  std::uint64_t sessions_not_kept_ = 0;
};

}  // namespace mogura::population::detail
