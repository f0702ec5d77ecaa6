#pragma once

// What the challenge said of clients, on its way into the database: states put together by hour, verdicts one
// by one, and an alert for each that accuses; and alerts of tunnels that match a pattern, or were cut.

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/store_writer.h"
#include "proxy/proxy.h"
#include "report/archive.h"
#include "session/redactor.h"

namespace mogura::app {

class ProxyVerdicts {
 public:
  // Kept until the next write(); what goes beyond is counted as lost.
  static constexpr std::size_t kHours = 65'536, kVerdicts = 16'384, kAlerts = 16'384;
  static constexpr std::size_t kUserAgentBytes = 2'048;  // of which so much is kept

  // nullptr: clients are told by their addresses. It must outlive this.
  explicit ProxyVerdicts(const session::Redactor* redactor) : redactor_(redactor) {}

  // Any thread.
  void add(const proxy::Event& as_seen);
  // Hands on what has come since. One thread.
  void write(StoreWriter& writer);
  [[nodiscard]] std::uint64_t lost();

 private:
  void add_state(const proxy::Event& event);
  void add_verdict(const proxy::Event& event);
  void add_row(const proxy::Event& event, report::VerdictRow row);
  void add_tunnel(const proxy::Event& event);

  const session::Redactor* const redactor_;
  std::mutex mutex_;  // guards the rest
  std::unordered_map<std::string, report::ChallengeHour> hours_;
  std::vector<report::VerdictRow> verdicts_;
  std::vector<report::Alert> alerts_;  // of tunnels
  std::uint64_t lost_ = 0;
};

}  // namespace mogura::app
