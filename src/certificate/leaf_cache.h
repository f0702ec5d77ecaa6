#pragma once

// Certificates for the names that clients asked for lately, so that most are made once. Bounded: the one
// unused for longest goes. Not thread-safe; time comes in as an argument.

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "certificate/authority.h"

namespace mogura::certificate {

// One that is good for less than this is made anew.
inline constexpr std::chrono::hours kLeafRenewed{24};

class LeafCache {
 public:
  struct Counters {
    std::uint64_t made = 0, found = 0, evicted = 0;
  };

  // `entries`: at least 1.
  explicit LeafCache(std::size_t entries) : entries_(entries == 0 ? 1 : entries) {}

  // For a name of certifiable_name(), from `authority`, which must be the same as at the last call or
  // clear() called in between. Valid until the next call; whoever keeps it counts a reference (X509_up_ref).
  // Errors: as Authority::issue(); they are not remembered. O(1), and a signature where it is made.
  Result<x509_st*> find_or_issue(const Authority& authority, const std::string& name, Timestamp now);
  void clear();

  [[nodiscard]] std::size_t size() const { return by_name_.size(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    std::string name;
    Certificate certificate;
    Timestamp made, renew;
  };
  using Entries = std::list<Entry>;  // used last: in front

  const std::size_t entries_;
  Entries list_;
  std::unordered_map<std::string_view, Entries::iterator> by_name_;  // keys are views of the entries' names
  Counters counters_;
};

}  // namespace mogura::certificate
