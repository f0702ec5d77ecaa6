#pragma once

// Answers to names, bounded, each with its end; the longest unused makes room. Time comes in. Not
// thread-safe.

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace mogura::proxy::detail {

using NameAnswer = Result<std::vector<Address>>;

class NameCache {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `seed`: random, since names are chosen by others, who could make them collide.
  NameCache(std::size_t entries, std::uint64_t seed) : limit_(entries), index_(0, Hash{seed}) {}
  NameCache(const NameCache&) = delete;
  NameCache& operator=(const NameCache&) = delete;

  // Nothing where it is not there, or `now` is not before its end. Valid until the next call.
  const NameAnswer* find(std::string_view name, Time now);
  // Takes the place of an older answer.
  void put(std::string_view name, NameAnswer answer, Time end);
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::string name;
    NameAnswer answer;
    Time end;
  };
  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(std::string_view name) const;
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);

  const std::size_t limit_;
  Entries entries_;                                                      // the one used last in front
  std::unordered_map<std::string_view, Entries::iterator, Hash> index_;  // views of the entries' names
};

}  // namespace mogura::proxy::detail
