#include "proxy/metrics.h"

#include "proxy/detail/metric_families.h"
#include "service/metric_families.h"

namespace mogura::proxy {

std::string metrics_text(const MetricsSource& source) {
  return service::exposition(detail::metric_families(source));
}

}  // namespace mogura::proxy
