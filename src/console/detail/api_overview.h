#pragma once

// The overview: what is new, how much there was, how those who watch are doing. Private to the room.

#include <cstdint>
#include <string_view>

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

inline constexpr std::uint64_t kOverviewHours = 168, kMostOverviewHours = 24 * 92;
inline constexpr std::size_t kNewFindings = 20;
// Messages each way from which a session counts in table 1, as `hours` has them counted.
inline constexpr std::uint64_t kAnalysedExchanges = 10;
inline constexpr std::chrono::minutes kSilence{5};

Reply show_overview(const Call& call);

// Whether a counter of that name counts what was lost, instead of what was done.
bool counts_loss(std::string_view counter);

}  // namespace mogura::console::detail
