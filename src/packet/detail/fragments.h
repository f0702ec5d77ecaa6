#pragma once

// Puts IPv4 and IPv6 fragments together again (RFC 791 §3.2, RFC 8200 §4.5). Not a host's reassembly: the
// first copy of a byte wins and a datagram whose copies differ is given up whole (RFC 5722), with the
// fragments that follow, since nobody can say which copy the receiver took.
//
// Bounded by Limits::fragment_*: the oldest datagram goes first. Fragments are copied in, so the frames may
// go. A fragment that the capture cut keeps its place by its length on the wire; the datagram then ends where
// its bytes do. Not thread-safe.

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/time.h"

namespace mogura::packet::detail {

// Longest datagram, without its IP header, that offset and length fields can describe.
inline constexpr std::uint32_t kDatagramBytes = 65535;
// Pieces that a datagram may come in; beyond, it is given up as malformed. Generous: 65,535 bytes by 64.
inline constexpr std::size_t kDatagramPieces = 1024;
// What each piece counts towards Limits::fragment_bytes beside its bytes.
inline constexpr std::size_t kPieceCost = 16;

// What fragments of one datagram have in common.
struct FragmentKey {
  Address source;
  Address destination;
  std::uint32_t id = 0;
  std::uint16_t vlan = 0;
  std::uint8_t protocol = 0;  // part of the key in IPv4; zero in IPv6, where fragments may differ in it
  bool is_v6 = false;

  bool operator==(const FragmentKey&) const = default;
};

struct Fragment {
  std::uint32_t offset = 0;   // in bytes
  std::size_t length = 0;     // on the wire
  ByteView bytes;             // captured of it
  bool has_more = false;      // the more-fragments bit
  std::uint8_t protocol = 0;  // of the datagram, as this fragment says; the one at offset zero decides
  Timestamp time;
};

// A datagram put together. Valid until the next add().
struct Datagram {
  ByteView bytes;          // from its beginning to the first byte that was not captured
  std::size_t length = 0;  // on the wire
  std::uint8_t protocol = 0;
};

class Fragments {
 public:
  enum class Outcome : std::uint8_t {
    kHeld,
    kComplete,   // `datagram` is set
    kMalformed,  // the fragment was not taken; the datagram may have been given up
  };

  explicit Fragments(const Limits& limits) : limits_(limits) {}

  Outcome add(const FragmentKey& key, const Fragment& fragment, Datagram& datagram);

  [[nodiscard]] std::size_t bytes_held() const { return bytes_held_; }
  [[nodiscard]] std::size_t datagrams_held() const { return entries_.size(); }
  // Fragments that were held and then given up, since the beginning.
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  [[nodiscard]] std::uint64_t reassembled() const { return reassembled_; }

 private:
  // A run of a datagram's bytes; runs do not overlap.
  struct Piece {
    std::uint32_t begin;  // in the datagram
    std::uint32_t end;
    std::uint32_t stored;    // where in Entry::bytes
    std::uint32_t captured;  // bytes stored; less than end - begin where the capture cut
  };
  static_assert(sizeof(Piece) == kPieceCost);

  struct Entry {
    FragmentKey key;
    Timestamp first_time;
    std::vector<std::uint8_t> bytes;  // in the order of arrival
    std::vector<Piece> pieces;        // in the order of the datagram
    std::uint32_t covered = 0;        // sum of the pieces' lengths
    std::uint32_t length = 0;         // known once `has_last`
    std::uint32_t fragments = 0;      // taken
    std::uint8_t protocol = 0;
    bool has_last = false;
    bool is_given_up = false;  // in conflict with itself; stays as a tombstone

    [[nodiscard]] std::size_t cost() const { return bytes.size() + pieces.size() * kPieceCost; }
  };
  struct KeyHash {
    std::size_t operator()(const FragmentKey& key) const;
  };
  using Entries = std::list<Entry>;  // oldest first

  [[nodiscard]] bool is_expired(const Entry& entry, Timestamp now) const;
  Entries::iterator find_or_create(const FragmentKey& key, Timestamp now);
  bool insert(Entry& entry, const Fragment& fragment);
  static bool agrees(const Entry& entry, const Fragment& fragment);
  static bool fill_holes(Entry& entry, const Fragment& fragment);
  void give_up(Entry& entry);
  void erase(Entries::iterator entry);
  void evict_over_limits();
  void assemble(const Entry& entry, Datagram& datagram);

  Limits limits_;
  Entries entries_;
  std::unordered_map<FragmentKey, Entries::iterator, KeyHash> index_;
  std::vector<std::uint8_t> assembled_;
  std::size_t bytes_held_ = 0;
  std::uint64_t evicted_ = 0;
  std::uint64_t reassembled_ = 0;
};

}  // namespace mogura::packet::detail
