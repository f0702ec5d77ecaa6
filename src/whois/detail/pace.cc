#include "whois/detail/pace.h"

#include <algorithm>

namespace mogura::whois::detail {

std::chrono::nanoseconds Pace::wait_for(std::string_view server, Time now) {
  Time at = now;
  const auto known = std::find_if(asked_.begin(), asked_.end(),
                                  [server](const auto& asked) { return asked.first == server; });
  if (known != asked_.end()) {
    at = std::max(now, known->second + pause_);
    asked_.erase(known);
  } else if (asked_.size() == kServers) {
    asked_.erase(asked_.begin());
  }
  asked_.emplace_back(server, at);
  return at - now;
}

}  // namespace mogura::whois::detail
