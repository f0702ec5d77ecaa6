// mogura console: a web page over the database that analyze, watch and proxy write.

#include "console/console.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/commands.h"
#include "app/console_workshop.h"
#include "app/privileges.h"
#include "app/signals.h"
#include "app/version.h"
#include "store/archive.h"

namespace mogura::app {
namespace {

constexpr std::string_view kExamples =
    "On loopback nobody is asked who they are; use an SSH tunnel to look from elsewhere. Any other address\n"
    "needs TLS and a login. SIGTERM ends it; SIGHUP reads passwords and certificate again.\n"
    "\n"
    "Examples:\n"
    "  mogura analyze day.pcap.gz --db mogura.db && mogura console --db mogura.db\n"
    "  mogura console --db mogura.db --patterns patterns --whois\n"
    "  htpasswd -B -c users sato && mogura console --db /var/lib/mogura/mogura.db --listen 192.0.2.1:8470 "
    "\\\n"
    "      --certificate console.pem --key console.key --htpasswd users --host-name mogura.example.net";

constexpr std::chrono::milliseconds kLookAround{500};

struct ConsoleArguments {
  console::Options options;
  WorkshopOptions workshop;
  std::string listen = "127.0.0.1:8470";
  std::string database;
  std::string user;
  bool quiet = false;
};

void note(const std::string& text) {
  fmt::print(stderr, "mogura console: {}\n", text);
}

Exit failure(const Error& error) {
  note(error.message());
  return error.code == ErrorCode::kUsage || error.code == ErrorCode::kFormat ? Exit::kUsage : Exit::kFailure;
}

void supervise(console::Console& served, const Signals& signals) {
  while (true) {
    const int signal = signals.wait(kLookAround);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) served.reload();
  }
}

Exit run(const ConsoleArguments& arguments) {
  console::Options options = arguments.options;
  const auto listen = Endpoint::parse(arguments.listen);
  if (!listen) {
    note("--listen: \"" + arguments.listen + "\" is no ADDR:PORT");
    return Exit::kUsage;
  }
  options.listen = *listen;
  if (const std::string contradiction = contradiction_in(options); !contradiction.empty()) {
    note(contradiction);
    return Exit::kUsage;
  }
  // Ports below 1024 and keys that only root may read are for servers; all else it opens as the other user.
  const Result<void> stepped = step_down_aloud(
      arguments.user, {Capability::kNetBindService, Capability::kDacReadSearch}, arguments.quiet);
  if (!stepped) return failure(stepped.error());
  const Signals signals;
  ConsoleWorkshop workshop(arguments.workshop,
                           [&arguments] { return store::open_archive(arguments.database); });
  console::Surroundings surroundings;
  surroundings.open_archive = [&arguments] { return store::open_archive(arguments.database); };
  surroundings.workshop = &workshop;
  surroundings.version = kVersion;
  surroundings.note = note;
  auto opened = console::Console::open(options, std::move(surroundings));
  if (!opened) return failure(opened.error());
  console::Console& served = **opened;
  if (const Result<void> settled = settle(); !settled) return failure(settled.error());
  served.start();
  if (!arguments.quiet) {
    const char* const scheme = options.has_tls() ? "https" : "http";
    note(fmt::format("listening on {}://{}/", scheme, served.endpoint().to_string()));
  }
  supervise(served, signals);
  served.stop();
  return Exit::kDone;
}

void declare_places(CLI::App& command, ConsoleArguments& arguments) {
  command.add_option("--db", arguments.database, "database that analyze, watch or proxy write")
      ->required()
      ->type_name("FILE");
  command.add_option("--listen", arguments.listen, "ADDR:PORT to be asked on")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command
      .add_option("--host-name", arguments.options.host_names,
                  "name that browsers ask for it by, besides its address and localhost; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--patterns", arguments.workshop.patterns, "registry to show, try and change")
      ->type_name("DIR");
  command.add_flag("--whois", arguments.workshop.with_whois, "let people ask whois servers");
  command.add_option("--whois-server", arguments.workshop.whois_server, "HOST[:PORT] to begin at")
      ->type_name("SERVER");
}

void declare_access(CLI::App& command, ConsoleArguments& arguments) {
  console::Options& options = arguments.options;
  const char* const group = "Who may look";
  command.add_option("--certificate", options.certificate, "PEM file of the certificate, and its chain")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--key", options.key, "PEM file of its private key")->type_name("FILE")->group(group);
  command.add_option("--htpasswd", options.htpasswd, "users and passwords (htpasswd -B)")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--token", options.token_file, "file with a secret: who has it may look")
      ->type_name("FILE")
      ->group(group);
  command.add_flag("--read-only", options.is_read_only, "nobody decides or changes anything here")
      ->group(group);
}

}  // namespace

Command declare_console(CLI::App& command) {
  auto arguments = std::make_shared<ConsoleArguments>();
  declare_places(command, *arguments);
  declare_access(command, *arguments);
  command.add_option("--threads", arguments->options.threads, "threads that answer questions")
      ->type_name("N")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      .add_option("--user", arguments->user,
                  "where started as root: as whom to go on (default mogura, if there is such a user)")
      ->type_name("NAME");
  command.add_flag("--quiet", arguments->quiet, "say nothing but what is wrong");
  command.footer(std::string(kExamples));
  return [arguments] { return run(*arguments); };
}

}  // namespace mogura::app
