#pragma once

// Which of the inputs on the command line are captures and which are logs.

#include <optional>
#include <string>
#include <vector>

#include "logs/log_source.h"

namespace mogura::app {

struct Inputs {
  std::vector<std::string> captures;
  std::vector<std::string> logs;
};

// `format` as on the command line: "auto" looks at the beginning of each file, of standard input and of a
// folder's files. What cannot be looked at without consuming it (named pipes, devices) is a capture then.
Inputs split_inputs(const std::vector<std::string>& paths, const std::string& format);
// The format for logs::read(); nothing for "auto".
std::optional<logs::Format> log_format(const std::string& format);

}  // namespace mogura::app
