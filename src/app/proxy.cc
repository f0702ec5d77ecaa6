// mogura proxy: relays the clients' HTTP, and asks what only a browser answers.

#include <memory>

#include "app/commands.h"
#include "app/proxy_options.h"
#include "app/proxy_run.h"

namespace mogura::app {

Command declare_proxy(CLI::App& command) {
  auto arguments = std::make_shared<ProxyArguments>();
  declare_proxy_options(command, *arguments);
  return [arguments] {
    return ProxyRun([arguments] { return read_proxy_options(*arguments); }, arguments->quiet).run();
  };
}

}  // namespace mogura::app
