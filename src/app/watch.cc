// mogura watch: an interface or capture files in; alerts out, while it happens.

#include <fmt/format.h>

#include <memory>

#include "app/commands.h"
#include "app/watch_options.h"
#include "app/watcher.h"

namespace mogura::app {

Command declare_watch(CLI::App& command) {
  auto options = std::make_shared<WatchOptions>();
  declare_watch_options(command, *options);
  return [options] {
    const std::string contradiction = contradiction_in(*options);
    if (contradiction.empty()) return Watcher(*options).run();
    fmt::print(stderr, "mogura: {}\nTry \"mogura watch -h\".\n", contradiction);
    return Exit::kUsage;
  };
}

}  // namespace mogura::app
