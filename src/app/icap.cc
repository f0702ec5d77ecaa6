// mogura icap: the challenge beside a proxy that is there already.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/icap_run.h"
#include "app/privileges.h"
#include "app/proxy_options.h"

namespace mogura::app {

Command declare_icap(CLI::App& command) {
  auto arguments = std::make_shared<ProxyArguments>();
  declare_icap_options(command, *arguments);
  return [arguments] {
    const Result<void> stepped =
        step_down_aloud(arguments->user, {Capability::kNetBindService}, arguments->quiet);
    if (!stepped) {
      fmt::print(stderr, "mogura icap: {}\n", stepped.error().message());
      return stepped.error().code == ErrorCode::kUsage ? Exit::kUsage : Exit::kFailure;
    }
    return IcapRun([arguments] { return read_proxy_options(*arguments); }, arguments->quiet).run();
  };
}

}  // namespace mogura::app
