#pragma once

// When a client can be expected to have our cookie. ICAP has no word for "delivered": a response counts as
// that so long after it went back to the gateway (Options::delivery), or as soon as the client sends its next
// request on the connection that the response was for. Of several responses on their way the first one
// counts; else who asks more often than that would never be expected to return anything.
//
// The store is told at once, with the time to come; here is kept what the next request may make earlier.
// Bounded: beyond kEntries nothing is made earlier. Any thread.

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/hash.h"
#include "base/time.h"
#include "challenge/state.h"

namespace mogura::icap::detail {

class Deliveries {
 public:
  static constexpr std::size_t kEntries = 65'536;  // in each of two generations

  // A response goes back at `now`, on the connection of the client `connection` (0: not known). Answers when
  // it counts as delivered.
  Timestamp expect(const challenge::StateKey& key, std::uint64_t connection, Timestamp now, Duration margin);
  // A request that began at `began`. True where it shows that the response is with the client, although it
  // does not count as delivered yet; true once.
  bool is_early(const challenge::StateKey& key, std::uint64_t connection, Timestamp began);

 private:
  struct Entry {
    Timestamp due{};
    std::uint64_t connection = 0;
  };
  struct Hash {
    std::size_t operator()(const challenge::StateKey& key) const { return hash_bytes(key.bytes); }
  };
  using Generation = std::unordered_map<challenge::StateKey, Entry, Hash>;
  void turn(Timestamp now, Duration margin);

  std::mutex mutex_;  // guards the rest
  Generation young_, old_;
  Timestamp turned_{};
};

}  // namespace mogura::icap::detail
