#pragma once

// Signatures for Zeek. They see each direction of a connection from its beginning, so a tunnel's first
// message stands behind the CONNECT dialogue, which the expression passes over.

#include "pattern/exporters.h"

namespace mogura::pattern::detail {

void export_zeek_signatures(const std::vector<Pattern>& patterns, Exported& out);

}  // namespace mogura::pattern::detail
