#pragma once

// Everything that is said about the command line, made from one table: the options as they are declared.
// Short help
// (-h, one screen), long help (--help), the manual page, and the shells' completion scripts.

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace mogura::app {

// Thrown by the parser when -h or --help was given.
struct HelpRequest : CLI::ParseError {
  HelpRequest(const CLI::App& command_in, bool is_long_in)
      : CLI::ParseError("help", "help was asked for", 0), command(&command_in), is_long(is_long_in) {}
  const CLI::App* command;
  bool is_long;
};

// Adds -h and --help to the program and its subcommands. Call when all are declared.
void add_help_flags(CLI::App& app);

std::string help_text(const CLI::App& command, bool is_long);
// roff, section 1: the program with all commands, and one command.
std::string man_page(const CLI::App& app);
std::string man_page_of(const CLI::App& command);
// `shell`: bash, zsh or fish.
std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace mogura::app
