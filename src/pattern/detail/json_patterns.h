#pragma once

// Patterns as one JSON document, without loss: docs/formats/pattern.md, "As JSON".

#include "pattern/exporters.h"

namespace mogura::pattern::detail {

void export_json(const std::vector<Pattern>& patterns, Exported& out);

}  // namespace mogura::pattern::detail
