#pragma once

// The pass over all uses client by client: what each brings, and how far it gets with it. Private to the
// room.

#include <array>
#include <cstdint>
#include <vector>

#include "population/detail/facts.h"

namespace mogura::population::detail {

// For each of the compared clients: domains that it reaches in w visits with one program, for each w (mean
// over its programs that made so many; below zero where none did).
struct Ranges {
  static constexpr std::size_t kWidth = kVisitsPerUse + 1;
  std::vector<std::uint32_t> clients;       // numbers
  std::array<std::vector<float>, 2> reach;  // by User-Agent and by cipher list: [compared client][w]
};

// Fills in what Facts knows of clients and programs, but for the domains of programs.
Ranges gather_by_client(const Groups& groups, const Uses& uses, Facts& facts);

}  // namespace mogura::population::detail
