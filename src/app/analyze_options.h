#pragma once

// The options of `mogura analyze`, and how they are declared on the command line.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/privacy_options.h"
#include "base/limits.h"
#include "report/analysis.h"

namespace CLI {
class App;
}

namespace mogura::app {

struct AnalyzeOptions {
  std::vector<std::string> inputs;
  std::string format = "auto";
  std::string json;
  std::string sessions;
  std::string html;
  std::string database;
  std::string patterns;
  std::string learn;
  std::string allow;
  std::optional<std::string> whois;  // the server to begin with; empty: the default one
  std::vector<std::string> proxies;
  std::uint64_t min_exchanges = 10;
  std::uint32_t min_repeats = 5;
  unsigned threads = 0;
  unsigned rows = report::kGroupRows;
  unsigned width = 0;
  std::size_t max_connections = Limits{}.connections;
  std::optional<double> fail_on;
  PrivacyOptions privacy;
  bool no_color = false;
  bool ascii = false;
  bool quiet = false;
};

void declare_analyze_options(CLI::App& command, AnalyzeOptions& options);
// What is wrong with the options together; empty: nothing.
std::string contradiction_in(const AnalyzeOptions& options);

}  // namespace mogura::app
