#pragma once

// The subcommands. Each declares its options on the command line and runs when it was chosen.

#include <functional>

namespace CLI {
class App;
}

namespace mogura::app {

// Exit statuses, as --help tells them.
enum class Exit : int {
  kDone = 0,
  kFindings = 1,  // only with --fail-on
  kUsage = 2,
  kInput = 3,    // some input could not be read; what could be is reported
  kFailure = 4,  // at run time: an output could not be written, memory ran out
};

// What to run when the subcommand was chosen.
using Command = std::function<Exit()>;

Command declare_analyze(CLI::App& command);
Command declare_watch(CLI::App& command);
Command declare_patterns(CLI::App& command);
Command declare_whois(CLI::App& command);
Command declare_config(CLI::App& command);
Command declare_forget(CLI::App& command);
Command declare_doctor(CLI::App& command);
Command declare_proxy(CLI::App& command);
Command declare_icap(CLI::App& command);
Command declare_console(CLI::App& command);

}  // namespace mogura::app
