#pragma once

// Rules for Suricata 7 and Snort 3, whose languages are cousins. What one packet shows is one rule; a pattern
// that needs several packets becomes a chain: each rule leaves a mark on the flow (flowbits) and the last one
// asks for all marks.

#include "pattern/exporters.h"

namespace mogura::pattern::detail {

void export_stream_rules(const std::vector<Pattern>& patterns, Format format, Exported& out);

}  // namespace mogura::pattern::detail
