#pragma once

// How the recognisers of inner.cc answer, and how the evidence of the two directions is put together. What
// makes the whole monotone is that each of them is: kNo and kYes never change when bytes are added or a
// direction becomes final.
//
//            bytes of one direction              both directions together
//   Match    kNo  kNeedMore  kYes     Verdict    kNo  kMaybe  kLikely  kYes
//                    │                                   │        │
//                    └─ a prefix of what is expected     └────────┴─ more bytes may change it

#include <algorithm>
#include <cstdint>

#include "protocol/inner.h"

namespace mogura::protocol::inner {

enum class Match : std::uint8_t { kNo, kNeedMore, kYes };

enum class Verdict : std::uint8_t {
  kNo,      // whatever comes, it is not this
  kMaybe,   // nothing speaks for it yet, nothing against it
  kLikely,  // it is this, unless the other direction contradicts
  kYes,     // whatever comes, it is this
};

inline Match better(Match a, Match b) {
  return std::max(a, b);
}
inline Verdict better(Verdict a, Verdict b) {
  return std::max(a, b);
}

// A match that still waits in a direction where nothing more will come.
inline Match settled(Match match, bool is_final) {
  return match == Match::kNeedMore && is_final ? Match::kNo : match;
}

// For protocols where the client speaks first: its bytes decide. The server's count only where the client's
// were not seen, or too few of them.
inline Verdict by_client(const EarlyBytes& early, Match up, Match down) {
  if (up == Match::kYes) return Verdict::kYes;
  if (up == Match::kNo) return Verdict::kNo;
  if (!early.up_is_final) return down == Match::kYes ? Verdict::kLikely : Verdict::kMaybe;
  switch (settled(down, early.down_is_final)) {
    case Match::kNo:
      return Verdict::kNo;
    case Match::kNeedMore:
      return Verdict::kMaybe;
    case Match::kYes:
      return Verdict::kYes;
  }
  return Verdict::kNo;
}

// For protocols whose first bytes in either direction are evidence enough.
inline Verdict by_either(const EarlyBytes& early, Match up, Match down) {
  switch (better(settled(up, early.up_is_final), settled(down, early.down_is_final))) {
    case Match::kNo:
      return Verdict::kNo;
    case Match::kNeedMore:
      return Verdict::kMaybe;
    case Match::kYes:
      return Verdict::kYes;
  }
  return Verdict::kNo;
}

}  // namespace mogura::protocol::inner
