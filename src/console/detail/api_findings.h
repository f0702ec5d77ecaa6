#pragma once

// Questions about findings. Private to the room.

#include <string_view>

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

// Pieces of time in the timeline of a finding.
inline constexpr std::size_t kTimelineSlices = 120;

// 16 hexadecimal digits in lower case.
bool is_finding_id(std::string_view id);

Reply list_findings(const Call& call);
Reply list_finding_groups(const Call& call);
Reply list_finding_sessions(const Call& call);
Reply show_finding(const Call& call);
// The same after an action: parameters are not looked at.
Reply finding_reply(const Call& call);

}  // namespace mogura::console::detail
