#pragma once

// Server-sent events (WHATWG HTML §9.2), as text. Private to the room; one thread.

#include <cstdint>
#include <string>

#include "console/detail/json_reader.h"
#include "report/archive.h"

namespace mogura::console::detail {

// What somebody who listens has been told: the last alert, and a trace of the totals, in one number that
// begins as the number of an alert alone.
//
//    63  62           40 39                     0
//   ┌──┬────────────────┬────────────────────────┐
//   │ 0│ totals (0: none)│ alert                  │
//   └──┴────────────────┴────────────────────────┘
struct Told {
  static constexpr unsigned kAlertBits = 40;
  std::uint64_t alert = 0, totals = 0;

  static Told of(std::int64_t cursor);
  [[nodiscard]] std::int64_t cursor() const;
};

// The events after `cursor`, which moves on. Below zero: none, but from now on.
std::string live_events(report::Archive& archive, JsonReader& json, std::int64_t& cursor);

}  // namespace mogura::console::detail
