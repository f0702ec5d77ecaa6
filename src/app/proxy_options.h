#pragma once

// The options of `mogura proxy` and `mogura icap`, and how they are declared on the command line. Each sets a
// parameter of the configuration (docs/formats/proxy-configuration.md) and is checked as that is; the command
// line holds over the file.

#include <string>
#include <vector>

#include "base/result.h"
#include "proxy/options.h"

namespace CLI {
class App;
}

namespace mogura::app {

struct ProxyArguments {
  struct Setting {
    std::string parameter;
    std::vector<std::string> texts;
  };
  std::string config;             // file; empty: none
  std::vector<Setting> settings;  // what the command line says, to be set in this order
  bool quiet = false;
  std::string user;  // to go on as; empty: the service's, if started as root
};

void declare_proxy_options(CLI::App& command, ProxyArguments& arguments);
// Of `mogura icap`, which is set by the same parameters.
void declare_icap_options(CLI::App& command, ProxyArguments& arguments);
// The file as it is now, then the command line; called again at each reload. Errors: kIo (the file cannot be
// read), kFormat, kLimit (what is in it), kUsage (it does not go together).
Result<proxy::Options> read_proxy_options(const ProxyArguments& arguments);
// The file alone, over the defaults.
Result<proxy::Options> read_proxy_config(const std::string& path);

}  // namespace mogura::app
