#include "protocol/detail/inner_scan.h"

#include <algorithm>

namespace mogura::protocol::inner {

void Scan::literal(std::string_view text) {
  const std::string_view here = as_text(reader_.rest()).substr(0, text.size());
  expect(text.starts_with(here));
  skip(text.size());
}

}  // namespace mogura::protocol::inner
