// mogura watch: an interface or capture files in; alerts out, while it happens.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/privileges.h"
#include "app/watch_options.h"
#include "app/watcher.h"

namespace mogura::app {
namespace {

// Root's rights are for the interface. Files that root was told to read may be root's alone.
Exit run(const WatchOptions& options) {
  if (options.is_live() || !options.user.empty()) {
    const Result<void> stepped = step_down_aloud(options.user, {Capability::kNetRaw}, options.quiet);
    if (!stepped) {
      fmt::print(stderr, "mogura: {}\n", stepped.error().message());
      return stepped.error().code == ErrorCode::kUsage ? Exit::kUsage : Exit::kFailure;
    }
  }
  return Watcher(options).run();
}

}  // namespace

Command declare_watch(CLI::App& command) {
  auto options = std::make_shared<WatchOptions>();
  declare_watch_options(command, *options);
  return [options] {
    const std::string contradiction = contradiction_in(*options);
    if (contradiction.empty()) return run(*options);
    fmt::print(stderr, "mogura: {}\nTry \"mogura watch -h\".\n", contradiction);
    return Exit::kUsage;
  };
}

}  // namespace mogura::app
