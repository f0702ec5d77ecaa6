#pragma once

// What other servers are asked about findings, only where the user said so.

#include <string>
#include <vector>

#include "finding/finding.h"

namespace mogura::app {

// Asks whois about the destinations of the findings to look at, and adds what came back to the clues of their
// applications. `server`: to begin with; empty: the default one. Failures are told on stderr.
void look_up(std::vector<finding::Finding>& findings, const std::string& server);

}  // namespace mogura::app
