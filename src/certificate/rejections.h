#pragma once

// Which clients would not have which hosts opened: a program that knows its server's certificate refuses
// ours, and is left alone from then on, for a time. Learned by (client, name), so that one phone's pinned
// application does not open a hole for everybody.
//
//   rejected(alert) ──────────────► bypassed until now + keep
//   rejected(silent) ×3, no served() in between ──► the same
//
// Some programs say nothing, but close: some in the middle of the handshake, some after it, before their
// first request. So do browsers with connections that they made in advance; hence three in a row.
//
// Bounded: the entry untouched for longest goes. Not thread-safe; time comes in as an argument.

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "base/time.h"

namespace mogura::certificate {

inline constexpr unsigned kSilentRejections = 3;

class Rejections {
 public:
  // `keep` 0: nothing is learned. `entries`: at least 1.
  Rejections(std::size_t entries, Duration keep) : entries_(entries == 0 ? 1 : entries), keep_(keep) {}

  [[nodiscard]] bool is_bypassed(const Address& client, std::string_view name, Timestamp now) const;
  // `is_silent`: the client said nothing. True: from now on it is bypassed, and was not before.
  bool rejected(const Address& client, std::string_view name, bool is_silent, Timestamp now);
  // A request came through; so it was no rejection before.
  void served(const Address& client, std::string_view name);
  void set_keep(Duration keep) { keep_ = keep; }
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  struct Entry {
    std::string key;
    unsigned silent = 0;
    Timestamp until{};  // bypassed; the epoch: not
  };
  using Entries = std::list<Entry>;  // touched last: in front
  static std::string key_of(const Address& client, std::string_view name);

  const std::size_t entries_;
  Duration keep_;
  Entries list_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

}  // namespace mogura::certificate
