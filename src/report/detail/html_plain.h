#pragma once

// What an HTML report says where no script runs: table 1, and the findings to look at. Private to the room.

#include <string>

#include "report/html.h"

namespace mogura::report::detail {

// Findings told; the rest are counted.
inline constexpr std::size_t kPlainFindings = 100;

void append_plain(std::string& out, const HtmlReport& report);

}  // namespace mogura::report::detail
