// mogura proxy: relays the clients' HTTP, and asks what only a browser answers.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/privileges.h"
#include "app/proxy_options.h"
#include "app/proxy_run.h"

namespace mogura::app {

Command declare_proxy(CLI::App& command) {
  auto arguments = std::make_shared<ProxyArguments>();
  declare_proxy_options(command, *arguments);
  return [arguments] {
    // Ports below 1024 are bound with what is kept until all is open.
    const Result<void> stepped =
        step_down_aloud(arguments->user, {Capability::kNetBindService}, arguments->quiet);
    if (!stepped) {
      fmt::print(stderr, "mogura proxy: {}\n", stepped.error().message());
      return stepped.error().code == ErrorCode::kUsage ? Exit::kUsage : Exit::kFailure;
    }
    return ProxyRun([arguments] { return read_proxy_options(*arguments); }, arguments->quiet).run();
  };
}

}  // namespace mogura::app
