#pragma once

// Sigma rules for the logs of proxies (category proxy). A log has no bytes, lengths or hellos.

#include "pattern/exporters.h"

namespace mogura::pattern::detail {

void export_sigma_rules(const std::vector<Pattern>& patterns, Exported& out);

}  // namespace mogura::pattern::detail
