#pragma once

// Questions about patterns, and what is done to them. The registry is a folder of files and the audit log is
// in the database: an action is written down before it is done, and once more where it then failed. Private
// to the room.

#include <string_view>

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

inline constexpr std::size_t kPatternTextBytes = std::size_t{64} << 10;

// [a-z0-9][a-z0-9-]{0,63}: docs/formats/pattern.md.
bool is_pattern_id(std::string_view id);

Reply list_patterns(const Call& call);
Reply show_pattern(const Call& call);
Reply export_patterns(const Call& call);
Reply draft_pattern(const Call& call);    // of a finding
Reply preview_pattern(const Call& call);  // changes nothing
Reply save_pattern(const Call& call);
Reply accept_pattern(const Call& call);
Reply remove_pattern(const Call& call);

}  // namespace mogura::console::detail
