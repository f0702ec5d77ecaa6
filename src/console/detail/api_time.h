#pragma once

// Times as they come with a request. Any thread.

#include <optional>
#include <string_view>

#include "base/time.h"

namespace mogura::console::detail {

// RFC 3339 §5.6 date-time, 1970 to 2199, with up to nine digits of a second; a leap second is the next one.
// Anything else: nothing.
std::optional<Timestamp> parse_time(std::string_view text);
// The same, or a full-date, which stands for the end of that day in UTC.
std::optional<Timestamp> parse_time_or_day(std::string_view text);

}  // namespace mogura::console::detail
