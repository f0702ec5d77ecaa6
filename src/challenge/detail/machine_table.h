#pragma once

// The machine's table: what follows from a state and an event. Events are signs, told apart further by what
// the entry remembers (whether a miss counts, whether it is the last one allowed).

#include <array>
#include <cstdint>
#include <string_view>

#include "challenge/state.h"

namespace mogura::challenge::detail {

enum class Event : std::uint8_t {
  kReturned,     // Sign::kCurrent
  kReturnedOld,  // Sign::kPrevious
  kForbidden,    // either, with decoys beside it that what the User-Agent names never returns
  kForeign,      // Sign::kForeign
  kForged,       // Sign::kForged, Sign::kOnlyDecoys
  kForgedAgain,  // the same, although the right cookie was delivered after something inconsistent
  kGarbage,      // Sign::kGarbage
  kEarly,        // Sign::kAbsent, nothing was waiting to be returned
  kMiss,         // Sign::kAbsent, and it counts
  kLastMiss,     // Sign::kAbsent, it counts, and it is one too many
  kPassedOver,   // Sign::kAbsent, doubtful, not judged
  kElsewhere,    // Sign::kElsewhere
  kInserted,     // Sign::kInserted
  kAdded,        // Sign::kAdded
  kDelivered,    // Sign::kDelivered
};
inline constexpr std::size_t kEvents = 15;
std::string_view name_of(Event event);  // "returned", "returned-old", …

struct Transition {
  State to = State::kNone;
  Action action = Action::kRelay;
  bool operator==(const Transition&) const = default;
};

const Transition& transition(State state, Event event);

}  // namespace mogura::challenge::detail
