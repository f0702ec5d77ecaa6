#pragma once

// Slows down whoever guesses passwords. Attempts are counted before they are judged, by the client's network
// (an IPv4 address, or a /64 of IPv6) and by the user's name; each one that fails doubles the time until the
// next is looked at. What comes too early is refused unseen, and lengthens nothing. Time comes in. Not
// thread-safe: the loop's.
//
//                   free    then        at most
//   network         3       1 s, 2 s…   15 min      what an attacker at one place gets
//   user            10      1 s, 2 s…   30 s        …and one at many places; not longer, or he could lock
//                                                   the user out. Networks from which that user has logged
//                                                   in before do not wait for it.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "console/detail/moment.h"

namespace mogura::console::detail {

// An IPv4 address, or the /64 that a client of IPv6 has to itself.
Address network_of(const Address& client);

class LoginBrake {
 public:
  static constexpr std::size_t kEntries = 4096;  // in each table; the one unused for longest goes
  static constexpr Millis kForget{3'600'000};    // without attempts
  static constexpr unsigned kRecords = 60;       // failures written down in a minute

  // Zero: it may be tried, and counts as failed until succeeded(). Else: not before so long.
  Millis attempt(const Address& client, std::string_view user, Moment now);
  // It was not looked at after all.
  void withdraw(const Address& client, std::string_view user);
  void succeeded(const Address& client, std::string_view user, Moment now);
  // Whether one more failure should be written down (in the audit log); else it is only counted.
  bool may_record(Moment now);
  // Those that were not, since the last time this was asked.
  std::uint64_t take_unrecorded() { return std::exchange(unrecorded_, 0); }

 private:
  struct Entry {
    unsigned failures = 0;
    Moment until{};  // nothing is looked at before
    Moment used{};
  };
  struct Policy {
    unsigned free;
    Millis most;
  };
  template <class Key>
  using Table = std::map<Key, Entry>;
  using Known = std::pair<Address, std::string>;

  template <class Map>
  static Entry& entry_of(Map& table, const typename Map::key_type& key, Moment now);
  static void charge(Entry& entry, const Policy& policy, Moment now);

  Table<Address> networks_;
  Table<std::string> users_;
  Table<Known> known_;  // from where users have logged in; only `used` counts
  Moment minute_{};
  unsigned recorded_ = 0;
  std::uint64_t unrecorded_ = 0;
};

}  // namespace mogura::console::detail
