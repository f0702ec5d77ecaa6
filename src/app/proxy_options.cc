#include "app/proxy_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "app/privacy_options.h"
#include "app/read_file.h"
#include "proxy/config.h"

namespace mogura::app {
namespace {

constexpr std::string_view kExamples =
    "Whatever the configuration file can say (docs/formats/proxy-configuration.md; mogura config show), "
    "--set\n"
    "can say too. The command line holds over the file; a list given here takes the place of the file's.\n"
    "\n"
    "SIGHUP reads the files anew and reopens the logs; SIGTERM and Ctrl-C let end what is under way\n"
    "(timeouts.stop), the second time they cut it.\n"
    "\n"
    "Exit status: 0 stopped as told, 2 usage or a file that makes no sense, 3 a file could not be read,\n"
    "4 failure at run time: an address is in use, an output could not be written.\n"
    "\n"
    "Examples:\n"
    "  mogura proxy --events -                                    a first look, on 127.0.0.1:3128\n"
    "  mogura proxy --listen 10.0.0.5:3128 --secret /var/lib/mogura/secret --events "
    "/var/log/mogura/events.json\n"
    "  mogura proxy --config /etc/mogura/proxy.toml --challenge block\n"
    "  mogura proxy --state redis://10.0.0.9:6379/0 --secret /etc/mogura/secret   one of several of a site\n"
    "  mogura proxy --allow-destination 10.20.0.0/16 --connect-ports 443,8443,9443";

constexpr std::string_view kIcapExamples =
    "The configuration is that of mogura proxy (docs/formats/proxy-configuration.md); of it are used "
    "[icap],\n"
    "[challenge], [state], [logs] but for access, and some of [timeouts] and [limits]. Squid is "
    "told\n"
    "of the service by an include: docs/guides/beside-squid.md.\n"
    "\n"
    "SIGHUP reads the files anew and reopens the events' file; no connection is refused meanwhile. SIGTERM "
    "and\n"
    "Ctrl-C let end what is under way (timeouts.stop), the second time they cut it.\n"
    "\n"
    "Exit status: 0 stopped as told, 2 usage or a file that makes no sense, 3 a file could not be read,\n"
    "4 failure at run time: an address is in use, an output could not be written.\n"
    "\n"
    "Examples:\n"
    "  mogura icap --events -                                     a first look, on 127.0.0.1:1344\n"
    "  mogura icap --config /etc/mogura/icap.toml\n"
    "  mogura icap --listen 10.0.0.5:1344 --state redis://10.0.0.9:6379/0 --secret /etc/mogura/secret";

// Arguments can be seen by everybody on the machine.
bool shows_password(const std::string& parameter, const std::string& text) {
  return parameter == "state.store" && text.find('@') != std::string::npos;
}

std::string complaint_about(const std::string& parameter, const std::string& text) {
  if (shows_password(parameter, text))
    return "a password belongs into a file (--config), not on a command line";
  proxy::Options scratch;
  const Result<void> set = proxy::set_parameter(scratch, parameter, {text});
  return set ? std::string() : set.error().message();
}

// Declares options that each set one parameter.
class Declarer {
 public:
  Declarer(CLI::App& command, ProxyArguments& arguments, const char* group)
      : command_(command), arguments_(arguments), group_(group) {}

  CLI::Option* one(const std::string& name, const std::string& parameter, const char* type,
                   const std::string& help) {
    auto* const settings = &arguments_.settings;
    return finish(command_.add_option_function<std::string>(
                      name,
                      [settings, parameter](const std::string& text) {
                        settings->push_back({parameter, {text}});
                      },
                      help),
                  parameter, type);
  }

  CLI::Option* many(const std::string& name, const std::string& parameter, const char* type,
                    const std::string& help) {
    auto* const settings = &arguments_.settings;
    auto* const option = command_.add_option_function<std::vector<std::string>>(
        name,
        [settings, parameter](const std::vector<std::string>& texts) {
          settings->push_back({parameter, texts});
        },
        help + "; may be repeated");
    return finish(option->allow_extra_args(false), parameter, type);
  }

  void flag(const std::string& name, const std::string& parameter, const char* value,
            const std::string& help) {
    auto* const settings = &arguments_.settings;
    command_
        .add_flag_callback(
            name,
            [settings, parameter, value] {
              settings->push_back({parameter, {value}});
            },
            help)
        ->group(group_);
  }

 private:
  CLI::Option* finish(CLI::Option* option, const std::string& parameter, const char* type) {
    return option->type_name(type)->group(group_)->check(
        [parameter](const std::string& text) { return complaint_about(parameter, text); });
  }

  CLI::App& command_;
  ProxyArguments& arguments_;
  const char* group_;
};

void declare_config(CLI::App& command, ProxyArguments& arguments) {
  command
      .add_option("--config", arguments.config, "configuration file; checked by: mogura config check FILE")
      ->type_name("FILE")
      ->check([](const std::string& path) { return path.empty() ? "the name is empty" : ""; })
      ->group("Input");
}

void declare_places(CLI::App& command, ProxyArguments& arguments) {
  const proxy::Options defaults;
  declare_config(command, arguments);
  Declarer declare(command, arguments, "Input");
  declare.many("--listen", "proxy.listen", "ADDRESS", "ADDR:PORT to take clients on")
      ->default_str(defaults.listen.endpoints.front().to_string());
  declare.many("--clients", "access.clients", "CIDR", "network whose clients may use the proxy")
      ->default_str("loopback and private networks");
  declare.one("--htpasswd", "access.htpasswd", "FILE", "ask for a user and password of this file");
}

void declare_ways(CLI::App& command, ProxyArguments& arguments) {
  const proxy::Options defaults;
  Declarer declare(command, arguments, "Ways");
  declare.many("--allow-destination", "access.destinations", "CIDR",
               "private and loopback destinations are refused, but for these");
  declare
      .one("--connect-ports", "access.connect_ports", "LIST", "ports that CONNECT may ask for, or \"all\"")
      ->default_str(fmt::format("{}", fmt::join(defaults.access.connect_ports, ",")));
  declare.one("--parent", "upstream.parent", "PROXY", "HOST:PORT of the next proxy");
}

void declare_icap_places(CLI::App& command, ProxyArguments& arguments) {
  declare_config(command, arguments);
  Declarer(command, arguments, "Input")
      .many("--listen", "icap.listen", "ADDRESS", "ADDR:PORT to take gateways on")
      ->default_str(proxy::Options{}.icap.endpoints.front().to_string());
}

void declare_judging(CLI::App& command, ProxyArguments& arguments) {
  Declarer declare(command, arguments, "Judging");
  declare
      .one("--challenge", "challenge.mode", "MODE",
           "off, observe (log only) or block (suspicious clients get 403)")
      ->default_str("observe");
  declare.one("--secret", "challenge.secret", "FILE",
              "what cookies are made with, the same for all proxies of a site; made where it is not there");
  declare
      .one("--state", "state.store", "STORE",
           "where it is kept who was given what: memory, or redis://HOST:PORT/DB for several proxies")
      ->default_str(proxy::Options{}.state.store);
  declare.many("--exempt", "challenge.exempt", "FILE",
               "clients and services that are not asked (docs/formats/exemptions.md)");
}

// What the proxy and the ICAP service both write.
void declare_common_outputs(CLI::App& command, ProxyArguments& arguments) {
  Declarer declare(command, arguments, "Output");
  declare.one("--events", "logs.events", "FILE|-", "what the challenge saw, as JSON lines");
  declare.one("--db", "logs.database", "FILE", "keep sessions and verdicts in this SQLite file");
  declare.one("--keep", "logs.keep_days", "DAYS", kKeepHelp)
      ->default_str(fmt::format("{}", proxy::Options{}.logs.keep_days));
  declare.one("--redact", "logs.redact", "WHAT",
              "clients: pseudonyms in the place of clients' addresses in --db; the other logs keep them "
              "(docs/guides/privacy.md)");
  declare.one("--metrics", "logs.metrics", "ADDRESS", "ADDR:PORT to answer Prometheus on");
  command.add_flag("--quiet", arguments.quiet, "no notes at the start")->group("Output");
}

void declare_outputs(CLI::App& command, ProxyArguments& arguments) {
  Declarer declare(command, arguments, "Output");
  declare_common_outputs(command, arguments);
  declare.one("--access-log", "logs.access", "FILE|-", "a line for each request");
}

// "timeouts.head=10s"
std::string setting_complaint(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return "must be SECTION.KEY=VALUE";
  return complaint_about(text.substr(0, equals), text.substr(equals + 1));
}

void declare_common_advanced(CLI::App& command, ProxyArguments& arguments) {
  Declarer declare(command, arguments, "Advanced");
  declare.one("--snapshot", "state.snapshot", "FILE", "keeps --state memory over a restart");
  declare.flag("--no-built-in-exemptions", "challenge.built_in_exemptions", "false",
               "ask well-known services of operating systems and browsers, too");
  declare.one("--redact-key", "logs.redact_key", "FILE", kRedactKeyHelp);
  command
      .add_option("--user", arguments.user,
                  "go on as this user when started as root; default: mogura, if there is such a user; root: "
                  "stay root")
      ->type_name("NAME")
      ->group("Advanced");
  command
      .add_option_function<std::vector<std::string>>(
          "--set",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const std::size_t equals = text.find('=');
              arguments.settings.push_back({text.substr(0, equals), {text.substr(equals + 1)}});
            }
          },
          "any parameter of the configuration; lists with commas; may be repeated")
      ->type_name("SECTION.KEY=VALUE")
      ->allow_extra_args(false)
      ->check(setting_complaint)
      ->group("Advanced");
}

void declare_advanced(CLI::App& command, ProxyArguments& arguments) {
  declare_common_advanced(command, arguments);
  Declarer declare(command, arguments, "Advanced");
  declare.one("--access-log-format", "logs.access_format", "FORMAT", "squid or json")->default_str("squid");
  declare.one("--threads", "proxy.threads", "N", "event loops; default: one for each core");
  declare.one("--name", "proxy.name", "NAME", "what the proxy calls itself in Via")
      ->default_str(proxy::Options{}.name);
  declare.flag("--forwarded-for", "proxy.forwarded_for", "true", "tell origins the client's address");
}

}  // namespace

void declare_proxy_options(CLI::App& command, ProxyArguments& arguments) {
  declare_places(command, arguments);
  declare_ways(command, arguments);
  declare_judging(command, arguments);
  declare_outputs(command, arguments);
  declare_advanced(command, arguments);
  command.footer(std::string(kExamples));
}

void declare_icap_options(CLI::App& command, ProxyArguments& arguments) {
  declare_icap_places(command, arguments);
  declare_judging(command, arguments);
  declare_common_outputs(command, arguments);
  declare_common_advanced(command, arguments);
  Declarer(command, arguments, "Advanced")
      .one("--threads", "icap.threads", "N", "event loops; default: one for each core");
  command.footer(std::string(kIcapExamples));
}

Result<proxy::Options> read_proxy_config(const std::string& path) {
  proxy::Options options;
  const Result<std::string> text = read_file(path, proxy::kConfigBytes);
  if (!text) return tl::unexpected(text.error());
  Result<void> read = proxy::read_config(*text, path, options);
  if (!read) return tl::unexpected(std::move(read.error()));
  return options;
}

Result<proxy::Options> read_proxy_options(const ProxyArguments& arguments) {
  Result<proxy::Options> options;
  if (!arguments.config.empty()) options = read_proxy_config(arguments.config);
  if (!options) return options;
  for (const auto& [parameter, texts] : arguments.settings) {
    Result<void> set = proxy::set_parameter(*options, parameter, texts);
    if (!set) return tl::unexpected(std::move(set.error()));
  }
  std::string contradiction = proxy::contradiction_in(*options);
  if (!contradiction.empty()) return fail(ErrorCode::kUsage, {}, std::move(contradiction));
  return options;
}

}  // namespace mogura::app
