#pragma once

// The three tables of groups on the terminal (figures 5 to 7 of the paper). Private to the room.

#include "report/analysis.h"
#include "report/detail/page.h"

namespace mogura::report::detail {

void write_groups(Page& page, const Analysis& analysis);

}  // namespace mogura::report::detail
