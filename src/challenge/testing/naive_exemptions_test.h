#pragma once

// For tests: what an exemption list covers, by trying one entry after the other, and written a second time.

#include <algorithm>
#include <string>

#include "base/text.h"
#include "challenge/exemptions.h"

namespace mogura::challenge::testing {

// The bits of an address as text of zeros and ones, those of its family alone.
inline std::string bits_of(const Address& address) {
  std::string bits;
  for (int i = 63; i >= 0; --i) bits += (address.high() >> i & 1) != 0 ? '1' : '0';
  for (int i = 63; i >= 0; --i) bits += (address.low() >> i & 1) != 0 ? '1' : '0';
  return address.is_v4() ? bits.substr(96) : bits;
}

inline bool is_in(const Network& network, const Address& address) {
  return network.address.is_v4() == address.is_v4() &&
         bits_of(network.address).substr(0, network.prefix) == bits_of(address).substr(0, network.prefix);
}

inline bool is_covered_by(const Exemption& entry, const Asker& asker, Timestamp now) {
  std::string host(asker.host);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (entry.expires && *entry.expires < now) return false;
  if (entry.client && !is_in(*entry.client, asker.client)) return false;
  if (!entry.host.empty() && !fits_glob(host, entry.host)) return false;
  if (!entry.suffix.empty() && !("." + host).ends_with("." + entry.suffix)) return false;
  if (!entry.path.empty() && !fits_glob(asker.path, entry.path)) return false;
  return entry.user_agent.empty() ||
         (!asker.user_agent.empty() && fits_glob(lower(asker.user_agent), lower(entry.user_agent)));
}

inline const Exemption* naive_covering(const Exemptions& list, const Asker& asker, Timestamp now) {
  const auto found = std::find_if(list.entries().begin(), list.entries().end(),
                                  [&](const Exemption& entry) { return is_covered_by(entry, asker, now); });
  return found == list.entries().end() ? nullptr : &*found;
}

}  // namespace mogura::challenge::testing
