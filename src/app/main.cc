// mogura: finds what hides in an organisation's web traffic. The command line, and nothing else.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/help.h"
#include "app/version.h"

namespace mogura::app {
namespace {

// What is opened must not take the place of a standard stream that was closed: the report would go there.
// Reading or writing the stand-in fails, as it would without.
void occupy_standard_streams() {
  for (int stream = 0; stream <= 2; ++stream) {
    if (fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
    if (open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY) != stream) return;
  }
}

// Every capture file of a moment is open at once, and there may be many.
void allow_many_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::RequiredError) || app.remaining_size() == 0) {
    return error.what();
  }
  return app.get_subcommands().empty() ? fmt::format("there is no command \"{}\"", app.remaining().front())
                                       : error.what();
}

// In the order of --help.
struct Subcommand {
  const char* name;
  const char* text;
  Command (*declare)(CLI::App&);
};
constexpr Subcommand kSubcommands[] = {
    {"analyze", "captures in, sessions and what is suspicious about them out", declare_analyze},
    {"watch", "an interface or captures in, alerts out while it happens", declare_watch},
    {"patterns", "the registry: what was learned, accepted, and is to be found again", declare_patterns},
    {"whois", "who has registered a name or holds an address", declare_whois},
    {"proxy", "a forward proxy that asks its clients what only a browser answers", declare_proxy},
    {"icap", "the same questions, asked beside Squid or another ICAP gateway", declare_icap},
    {"console", "a web page over what was kept: findings, patterns, clients, alerts", declare_console},
    {"config", "check the proxy's configuration, or show it", declare_config},
    {"forget", "delete from a database what is older than so many days", declare_forget},
    {"doctor", "what is wrong with an installation, and what to do about it", declare_doctor},
};

// Those about the program itself.
struct About {
  CLI::App* version;
  CLI::App* completion;
  CLI::App* man;
  std::string shell;
  std::string page;

  explicit About(CLI::App& app)
      : version(app.add_subcommand("version", "print the version")),
        completion(app.add_subcommand("completion", "print a completion script for a shell")),
        man(app.add_subcommand("man", "print the manual page (mogura man | man -l -)")) {
    completion->add_option("SHELL", shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    man->add_option("COMMAND", page, "only what is about this command")
        ->check([&app](const std::string& name) -> std::string {
          const auto named = [&name](const CLI::App* sub) { return sub->get_name() == name; };
          return app.get_subcommands(named).empty() ? "there is no command " + name : "";
        });
  }
  void print(const CLI::App& app) const {
    if (version->parsed()) fmt::print("mogura {}\n", kVersion);
    if (completion->parsed()) fmt::print("{}", completion_script(app, shell));
    if (man->parsed())
      fmt::print("{}", page.empty() ? man_page(app) : man_page_of(*app.get_subcommand(page)));
  }
};

Exit complain(const CLI::App& app, const CLI::ParseError& error) {
  fmt::print(stderr, "mogura: {}\n", explain(app, error));
  const auto chosen = app.get_subcommands();
  fmt::print(stderr, "Try \"mogura {}-h\".\n", chosen.empty() ? "" : chosen.front()->get_name() + " ");
  return Exit::kUsage;
}

Exit run(int argc, char** argv) {
  CLI::App app("mogura finds tunnels and backdoors in an organisation's web traffic.", "mogura");
  app.require_subcommand(1);
  app.set_help_flag();
  std::vector<std::pair<CLI::App*, Command>> commands;
  for (const Subcommand& one : kSubcommands) {
    CLI::App* const command = app.add_subcommand(one.name, one.text);
    commands.emplace_back(command, one.declare(*command));
  }
  const About about(app);
  add_help_flags(app);
  app.set_version_flag("--version", fmt::format("mogura {}", kVersion), "the version");
  try {
    app.parse(argc, argv);
  } catch (const HelpRequest& request) {
    fmt::print("{}", help_text(*request.command, request.is_long));
    return Exit::kDone;
  } catch (const CLI::CallForVersion& request) {
    fmt::print("{}\n", request.what());
    return Exit::kDone;
  } catch (const CLI::ParseError& error) {
    return complain(app, error);
  }
  for (const auto& [command, execute] : commands) {
    if (command->parsed()) return execute();
  }
  about.print(app);
  return Exit::kDone;
}

}  // namespace
}  // namespace mogura::app

int main(int argc, char** argv) {
  mogura::app::occupy_standard_streams();
  mogura::app::allow_many_files();
  try {
    const mogura::app::Exit exit = mogura::app::run(argc, argv);
    if (std::fflush(stdout) == 0 || exit == mogura::app::Exit::kFailure) return static_cast<int>(exit);
    std::fprintf(stderr, "mogura: standard output: %s\n", std::strerror(errno));
  } catch (const std::bad_alloc&) {
    std::fputs("mogura: out of memory\n", stderr);
  } catch (const std::system_error& error) {
    // Printing more than the stream's buffer holds fails at once, and not when it is flushed.
    const bool is_output = std::ferror(stdout) != 0;
    std::fprintf(stderr, "mogura: %s\n",
                 is_output ? ("standard output: " + error.code().message()).c_str() : error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mogura: %s\n", error.what());
  }
  return static_cast<int>(mogura::app::Exit::kFailure);
}
