#pragma once

// The pass over all uses domain by domain: who comes, and with what. Private to the room.

#include "population/detail/by_client.h"
#include "population/detail/facts.h"

namespace mogura::population::detail {

// Fills in what Facts knows of domains, and the domains of programs.
void gather_by_domain(const Groups& groups, const Ranges& ranges, Facts& facts);

}  // namespace mogura::population::detail
