#pragma once

// Not too fast: how long to wait before the next question to a server. The caller brings the time and does
// the waiting. Bounded: of more servers than kServers the oldest is forgotten.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::whois::detail {

class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kServers = 256;

  explicit Pace(std::chrono::milliseconds pause) : pause_(pause) {}

  // Zero where the server was not asked within the pause. Books the question for when it may be sent.
  std::chrono::nanoseconds wait_for(std::string_view server, Time now);

 private:
  std::chrono::milliseconds pause_;
  std::vector<std::pair<std::string, Time>> asked_;  // when the last question was booked; oldest first
};

}  // namespace mogura::whois::detail
