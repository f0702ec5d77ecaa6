#pragma once

// The orders that program families are known to send, as small patterns over the letters of
// docs/formats/header-order.md. Private to the room; any thread.
//
//   A      that field         A?     it or nothing
//   [AB]   one of them        [AB]*  any of them, in any order and number
//
// Fields without a letter ('x') and Proxy-Authorization ('p') may stand anywhere and are passed over.

#include <span>
#include <string_view>

#include "challenge/header_order.h"

namespace mogura::challenge::detail {

struct FamilyOrder {
  Family family = Family::kUnknown;
  std::uint8_t wires = 0;     // bits 1 << Wire
  std::string_view pattern;   // of all its requests
  std::string_view required;  // letters that are in all of them
};
std::span<const FamilyOrder> known_orders();

// O(size of letters). Takes the longest at each step and never goes back: patterns are written for that.
// `is_relayed`: as if what is a relay's own had not been there, in neither of them.
bool fits_pattern(std::string_view letters, std::string_view pattern, bool is_relayed = false);
// Host, and what is for one hop: Connection, Proxy-Connection, Keep-Alive, TE, Transfer-Encoding, Upgrade.
bool is_relays_own(char letter);

}  // namespace mogura::challenge::detail
