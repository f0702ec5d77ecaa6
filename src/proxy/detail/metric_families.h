#pragma once

// What there is to count, in Prometheus' form. Names and labels are part of the interface:
// docs/guides/proxy.md lists them. Any thread.

#include <prometheus/metric_family.h>

#include <vector>

#include "proxy/metrics.h"

namespace mogura::proxy::detail {

// What `source` has not (store, resolver, logs), is left out.
std::vector<prometheus::MetricFamily> metric_families(const MetricsSource& source);

}  // namespace mogura::proxy::detail
