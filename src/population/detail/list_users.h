#pragma once

// Who offers each cipher list: clients with a browser's User-Agent, and clients with another name or none.
// Private to the room.

#include <cstdint>
#include <vector>

#include "population/detail/program_name.h"
#include "population/detail/uses.h"

namespace mogura::population::detail {

struct ListUsers {
  std::uint32_t browsers = 0;  // clients that offer it with a browser's name
  std::uint32_t others = 0;  // that offer it in a request with another name or none; may be the same clients
};

// By row of the cipher list. `names`: by row of User-Agent. O(uses × log).
std::vector<ListUsers> users_of_lists(const std::vector<Use>& uses, const std::vector<ProgramName>& names,
                                      std::size_t lists);

}  // namespace mogura::population::detail
