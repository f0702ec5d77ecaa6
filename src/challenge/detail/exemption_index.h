#pragma once

// Finds the entries of an exemption list that can cover an asker, without trying each: by exact host, by the
// suffixes of its host, by the networks its address is in; only what has none of these is tried always. Knows
// entries by their numbers, which rise. Built by one thread, then read by any.

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/network.h"

namespace mogura::challenge::detail {

// Longest host and suffix, in bytes (RFC 1035 §2.3.4, in text without the last dot).
inline constexpr std::size_t kHostBytes = 253;

class ExemptionIndex {
 public:
  using Numbers = std::vector<std::uint32_t>;  // ascending

  // Each number is added once, under what tells most. At most kHostBytes, lower case.
  void add_host(std::string_view host, std::uint32_t number) { hosts_[std::string(host)].push_back(number); }
  void add_suffix(std::string_view suffix, std::uint32_t number);
  void add_client(const Network& network, std::uint32_t number);
  void add_other(std::uint32_t number) { others_.push_back(number); }

  // Calls visit(const Numbers&) for each list of entries that the asker may be covered by. Cost: a look-up
  // for the host, one for each of its suffixes that is as long as one in the list, one for each length of
  // prefix.
  template <class Visit>
  void visit(std::string_view host, const Address& client, const Visit& visit) const {
    if (host.size() <= kHostBytes) visit_one(hosts_, host, visit);
    visit_suffixes(host, visit);
    for (const Mask mask : masks_) {
      if (mask.is_v4 == client.is_v4()) visit_one(clients_, masked(client, mask), visit);
    }
    visit(others_);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash_bytes(as_bytes(text)); }
  };
  using ByText = std::unordered_map<std::string, Numbers, TextHash, std::equal_to<>>;

  // Which bits of an address count, of 128; the families never meet.
  struct Mask {
    std::uint8_t bits = 0;
    bool is_v4 = false;
    bool operator==(const Mask&) const = default;
  };
  struct MaskedAddress {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    Mask mask;
    bool operator==(const MaskedAddress&) const = default;
  };
  struct MaskedHash {
    std::size_t operator()(const MaskedAddress& a) const {
      return hash_mix(a.high ^ a.mask.bits, a.low + (a.mask.is_v4 ? 1 : 0));
    }
  };

  static MaskedAddress masked(const Address& address, Mask mask) {
    const auto keep = [](std::uint64_t word, unsigned bits) {
      return bits == 0 ? 0 : word & (UINT64_MAX << (64 - bits));
    };
    const unsigned high = mask.bits < 64 ? mask.bits : 64;
    return {keep(address.high(), high), keep(address.low(), mask.bits - high), mask};
  }

  template <class Map, class Key, class Visit>
  static void visit_one(const Map& map, const Key& key, const Visit& visit) {
    if (map.empty()) return;
    if (const auto found = map.find(key); found != map.end()) visit(found->second);
  }
  template <class Visit>
  void visit_suffixes(std::string_view host, const Visit& visit) const {
    if (host.size() > kHostBytes) host.remove_prefix(host.size() - kHostBytes - 1);
    if (host.size() <= kHostBytes && lengths_[host.size()]) visit_one(suffixes_, host, visit);
    for (std::size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1)) {
      const std::string_view suffix = host.substr(dot + 1);
      if (lengths_[suffix.size()]) visit_one(suffixes_, suffix, visit);
    }
  }

  ByText hosts_, suffixes_;
  std::bitset<kHostBytes + 1> lengths_;  // of suffixes
  std::unordered_map<MaskedAddress, Numbers, MaskedHash> clients_;
  std::vector<Mask> masks_;  // those that occur
  Numbers others_;
};

}  // namespace mogura::challenge::detail
