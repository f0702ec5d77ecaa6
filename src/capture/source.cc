#include "capture/source.h"

#include "capture/detail/timeline.h"

namespace mogura::capture {

std::unique_ptr<Source> open(const std::vector<std::string>& paths) {
  return std::make_unique<detail::Timeline>(paths, detail::Options{});
}

}  // namespace mogura::capture
