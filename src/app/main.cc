// mogura: finds what hides in an organisation's web traffic. The command line, and nothing else.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <new>

#include "app/commands.h"
#include "app/help.h"
#include "app/version.h"

namespace mogura::app {
namespace {

Exit run(int argc, char** argv) {
  CLI::App app("mogura finds tunnels and backdoors in an organisation's web traffic.", "mogura");
  app.require_subcommand(1);
  app.set_help_flag();
  CLI::App* analyze =
      app.add_subcommand("analyze", "captures in, sessions and what is suspicious about them out");
  const Command run_analyze = declare_analyze(*analyze);
  CLI::App* version = app.add_subcommand("version", "print the version");
  CLI::App* completion = app.add_subcommand("completion", "print a completion script for a shell");
  std::string shell;
  completion->add_option("SHELL", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  CLI::App* man = app.add_subcommand("man", "print the manual page (mogura man | man -l -)");
  add_help_flags(app);

  try {
    app.parse(argc, argv);
  } catch (const HelpRequest& request) {
    fmt::print("{}", help_text(*request.command, request.is_long));
    return Exit::kDone;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "mogura: {}\n", error.what());
    fmt::print(stderr, "Try \"mogura {}-h\".\n", analyze->parsed() ? "analyze " : "");
    return Exit::kUsage;
  }
  if (analyze->parsed()) return run_analyze();
  if (version->parsed()) fmt::print("mogura {}\n", kVersion);
  if (completion->parsed()) fmt::print("{}", completion_script(app, shell));
  if (man->parsed()) fmt::print("{}", man_page(app));
  return Exit::kDone;
}

}  // namespace
}  // namespace mogura::app

int main(int argc, char** argv) {
  try {
    return static_cast<int>(mogura::app::run(argc, argv));
  } catch (const std::bad_alloc&) {
    std::fputs("mogura: out of memory\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mogura: %s\n", error.what());
  }
  return static_cast<int>(mogura::app::Exit::kFailure);
}
