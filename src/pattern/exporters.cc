#include "pattern/exporters.h"

#include "pattern/detail/json_patterns.h"
#include "pattern/detail/sigma_rules.h"
#include "pattern/detail/stream_rules.h"
#include "pattern/detail/zeek_signatures.h"

namespace mogura::pattern {

Exported export_patterns(const std::vector<Pattern>& patterns, Format format) {
  Exported out;
  switch (format) {
    case Format::kSuricata:
    case Format::kSnort:
      detail::export_stream_rules(patterns, format, out);
      break;
    case Format::kZeek:
      detail::export_zeek_signatures(patterns, out);
      break;
    case Format::kSigma:
      detail::export_sigma_rules(patterns, out);
      break;
    case Format::kJson:
      detail::export_json(patterns, out);
      break;
  }
  return out;
}

}  // namespace mogura::pattern
