#pragma once

// The options of `mogura watch`, and how they are declared on the command line.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/privacy_options.h"
#include "base/limits.h"

namespace CLI {
class App;
}

namespace mogura::app {

struct WatchOptions {
  std::string interface;
  std::vector<std::string> files;
  std::string bpf;
  std::string patterns;
  std::string allow;
  std::vector<std::string> proxies;  // addresses
  std::uint64_t min_exchanges = 10;

  std::string alerts = "-";
  std::optional<std::string> syslog;  // where to; empty: the system's log
  std::string syslog_ca;
  std::string webhook;
  std::string webhook_spool;
  std::string database;
  std::chrono::seconds keep{30 * 86'400};
  PrivacyOptions privacy;
  std::string stats;  // empty: stderr
  std::chrono::seconds stats_interval{10};
  bool quiet = false;
  std::string user;  // to go on as; empty: the service's, if started as root

  std::chrono::seconds window{86'400};
  std::chrono::seconds analysis_interval{300};

  unsigned threads = 0;
  unsigned ring_megabytes = 64;
  bool not_promiscuous = false;
  bool use_libpcap = false;
  std::size_t max_connections = Limits{}.connections;

  [[nodiscard]] bool is_live() const { return !interface.empty(); }
};

// "90", "90s", "5m", "24h", "30d"; anything else, and what is longer than ten years: nothing.
std::optional<std::chrono::seconds> parse_duration(const std::string& text);

void declare_watch_options(CLI::App& command, WatchOptions& options);
// What is wrong with the options together; empty: nothing.
std::string contradiction_in(const WatchOptions& options);

}  // namespace mogura::app
