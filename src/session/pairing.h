#pragma once

// Where a capture sees both sides of a proxy, every tunnel is in it twice: from the client to the proxy, and
// from the proxy to its destination. This recognises the second as the first's other half, so that it is
// counted once. What is compared is what a proxy passes on unchanged: the ClientHello's random, the first
// bytes of a tunnel, the requests (of a proxy that says so with Via, X-Forwarded-For or Forwarded, or that
// the user has named).
//
//   client ──CONNECT host──► proxy ──ClientHello──► host
//     to_proxy: kept                 held a while, dropped if its keys were seen on the other side
//
// Keys alone do not make a pair: programs repeat themselves. The second half goes elsewhere than the first,
// does not come from the first one's client (unless the proxy runs there too), and passes at the same time.
//
// Limits: of the proxy's side, at most kHeld sessions wait, each for kPatience of packet time after its end;
// a client's side that ends later than that is not recognised, and both are counted. The latest kKnown keys
// are remembered. One thread; the order in which sessions come out depends only on the order in which they
// came in.

#include <cstdint>
#include <deque>
#include <vector>

#include "session/finished.h"

namespace mogura::session {

class Pairing {
 public:
  static constexpr std::chrono::seconds kPatience{60};
  static constexpr std::size_t kHeld = 8192;
  static constexpr std::size_t kKnown = std::size_t{1} << 16;

  explicit Pairing(std::vector<Address> proxies) : proxies_(std::move(proxies)) {}

  // Takes a session that is over; appends to `ready` what is settled.
  void add(FinishedPtr finished, std::vector<FinishedPtr>& ready);
  // Settles what has waited long enough at `now`.
  void advance(Timestamp now, std::vector<FinishedPtr>& ready);
  // The capture is over: settles all.
  void finish(std::vector<FinishedPtr>& ready);

  // Sessions recognised as the other half of one that was kept.
  [[nodiscard]] std::uint64_t paired() const { return paired_; }

 private:
  [[nodiscard]] bool is_candidate(const Finished& finished) const;
  // The session that had a key last.
  struct Known {
    Endpoint client;
    Endpoint server;
    Timestamp start;
    Timestamp end;
  };

  [[nodiscard]] bool is_other_half(const Finished& finished) const;
  [[nodiscard]] const Known* find(std::uint64_t key, const Session& half) const;
  [[nodiscard]] bool began_with(std::uint64_t key, const Session& half) const;
  [[nodiscard]] bool carried(std::uint64_t key, const Session& half) const;
  void remember(const Finished& finished);
  void remember(std::uint64_t key, const Known& known);
  // Where the key's number is in index_, or the empty place where it would be.
  [[nodiscard]] std::size_t place_of(std::uint64_t key) const;
  void forget(std::uint64_t key);
  void settle_front(std::vector<FinishedPtr>& ready);

  std::vector<Address> proxies_;
  std::deque<FinishedPtr> held_;
  // The latest keys, in a ring that is as long as there were keys, up to kKnown; and where each is: an
  // open-addressing table of numbers in the ring, from 1. Nothing is allocated for a key.
  std::vector<std::uint64_t> keys_;
  std::vector<Known> known_;
  std::size_t oldest_ = 0;  // the next to be replaced, once the ring is full
  std::vector<std::uint32_t> index_ = std::vector<std::uint32_t>(2 * kKnown);
  std::uint64_t paired_ = 0;
};

}  // namespace mogura::session
