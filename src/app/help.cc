#include "app/help.h"

#include <fmt/format.h>

#include <vector>

#include "app/version.h"

namespace mogura::app {
namespace {

// Options in this group are left out of the short help.
constexpr std::string_view kAdvanced = "Advanced";
constexpr std::size_t kOptionColumn = 28;
constexpr std::size_t kWidth = 100;

struct Line {
  std::string name;  // "--json FILE"
  std::string text;
  std::string group;
};

// The name of an option's value, without what its validators say about themselves.
std::string value_name(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  return name.substr(0, name.find(':'));
}

std::string with_default(const CLI::Option& option) {
  const std::string& value = option.get_default_str();
  return option.get_description() + (value.empty() ? "" : " (default " + value + ")");
}

std::vector<Line> arguments_of(const CLI::App& command) {
  std::vector<Line> lines;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
    lines.push_back({option->get_name(), option->get_description(), ""});
  }
  return lines;
}

std::vector<Line> options_of(const CLI::App& command) {
  std::vector<Line> lines;
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return !o->get_positional(); })) {
    std::string name = option->get_name(false, true);
    for (std::size_t comma = 0; (comma = name.find(',', comma)) != std::string::npos; comma += 2) {
      name.insert(comma + 1, " ");
    }
    if (option->get_items_expected_max() > 0) name += " " + value_name(*option);
    lines.push_back({std::move(name), with_default(*option), option->get_group()});
  }
  return lines;
}

std::vector<Line> subcommands_of(const CLI::App& command) {
  std::vector<Line> lines;
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    lines.push_back({sub->get_name(), sub->get_description(), ""});
  }
  return lines;
}

// Two columns; the right one is wrapped.
void append_line(std::string& text, const Line& line) {
  std::string row = "  " + line.name;
  row += row.size() + 2 > kOptionColumn ? "\n" + std::string(kOptionColumn, ' ')
                                        : std::string(kOptionColumn - row.size(), ' ');
  std::size_t column = kOptionColumn;
  std::size_t begin = 0;
  while (begin < line.text.size()) {
    const std::size_t end = std::min(line.text.find(' ', begin), line.text.size());
    const std::string word = line.text.substr(begin, end - begin);
    if (column + word.size() > kWidth) {
      while (row.ends_with(' ')) row.pop_back();
      row += "\n" + std::string(kOptionColumn, ' ');
      column = kOptionColumn;
    }
    row += word + " ";
    column += word.size() + 1;
    begin = end + 1;
  }
  while (row.ends_with(' ')) row.pop_back();
  text += row + "\n";
}

std::string usage_of(const CLI::App& command) {
  if (command.get_parent() == nullptr) return "mogura COMMAND [options]";
  std::string usage = "mogura " + command.get_name() + " [options]";
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* o) { return o->get_positional(); })) {
    usage += " " + option->get_name() + (option->get_items_expected_max() > 1 ? "..." : "");
  }
  return usage;
}

std::string roff_escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped;
}

// The names of an option that begin with dashes, without their values.
std::vector<std::string> flags_of(const Line& line) {
  std::vector<std::string> flags;
  std::size_t begin = 0;
  while (begin < line.name.size()) {
    const std::size_t end = std::min(line.name.find_first_of(", ", begin), line.name.size());
    if (end > begin && line.name[begin] == '-') flags.push_back(line.name.substr(begin, end - begin));
    begin = end + 1;
  }
  return flags;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string all_flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const Line& line : options_of(command)) {
    for (std::string& flag : flags_of(line)) flags.push_back(std::move(flag));
  }
  return join(flags);
}

std::string bash_completion(const CLI::App& app) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
    const std::string words = sub->get_name() == "completion" ? "bash zsh fish" : all_flags(*sub);
    cases += fmt::format("    {}) words=\"{}\" ;;\n", sub->get_name(), words);
  }
  return fmt::format(
      "# bash completion for mogura: source it, or put it into /etc/bash_completion.d\n"
      "_mogura() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"{} -h --help\"\n"
      "  [ \"$COMP_CWORD\" -gt 1 ] && case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}}\n"
      "complete -o default -F _mogura mogura\n",
      join(names), cases);
}

std::string zsh_quote(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("'[]:", at)) != std::string::npos; at += 1)
    text[at] = ' ';
  return text;
}

std::string zsh_completion(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands += fmt::format("    '{}:{}'\n", sub->get_name(), zsh_quote(sub->get_description()));
    std::string specs;
    for (const Line& line : options_of(*sub)) {
      const bool has_value = line.name.find(' ') != std::string::npos && line.name.back() != ',' &&
                             std::isupper(static_cast<unsigned char>(line.name.back())) != 0;
      for (const std::string& flag : flags_of(line)) {
        specs += fmt::format(" '{}[{}]{}'", flag, zsh_quote(line.text), has_value ? ":value:_files" : "");
      }
    }
    cases += fmt::format("    {}) _arguments{} {} ;;\n", sub->get_name(), specs,
                         sub->get_name() == "completion" ? "'*:shell:(bash zsh fish)'" : "'*:file:_files'");
  }
  return fmt::format(
      "#compdef mogura\n"
      "_mogura() {{\n"
      "  local -a commands=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  local command=$words[2]; shift words; (( CURRENT-- ))\n"
      "  case $command in\n{}  esac\n"
      "}}\n"
      "compdef _mogura mogura\n",
      commands, cases);
}

std::string fish_quote(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string fish_completion(const CLI::App& app) {
  std::string text;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    text += fmt::format("complete -c mogura -n __fish_use_subcommand -f -a {} -d '{}'\n", sub->get_name(),
                        fish_quote(sub->get_description()));
    const std::string condition = "__fish_seen_subcommand_from " + sub->get_name();
    for (const Line& line : options_of(*sub)) {
      for (const std::string& flag : flags_of(line)) {
        const bool is_long = flag.starts_with("--");
        text += fmt::format("complete -c mogura -n '{}' {} {} -d '{}'\n", condition, is_long ? "-l" : "-s",
                            flag.substr(is_long ? 2 : 1), fish_quote(line.text));
      }
    }
    if (sub->get_name() == "completion") {
      text += fmt::format("complete -c mogura -n '{}' -f -a 'bash zsh fish'\n", condition);
    }
  }
  return text;
}

void append_man_options(std::string& text, const CLI::App& command) {
  std::vector<Line> lines = arguments_of(command);
  for (Line& line : options_of(command)) lines.push_back(std::move(line));
  for (const Line& line : lines) {
    text += ".TP\n.B " + roff_escape(line.name) + "\n" + roff_escape(line.text) + "\n";
  }
}

}  // namespace

void add_help_flags(CLI::App& app) {
  const auto add_to = [](CLI::App& command) {
    CLI::App* asked = &command;
    command.set_help_flag();
    command
        .add_flag_callback(
            "-h", [asked] { throw HelpRequest(*asked, false); }, "help on one screen")
        ->trigger_on_parse();
    command
        .add_flag_callback(
            "--help", [asked] { throw HelpRequest(*asked, true); }, "help with everything")
        ->trigger_on_parse();
  };
  add_to(app);
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) add_to(*sub);
}

std::string help_text(const CLI::App& command, bool is_long) {
  std::string text = command.get_description() + "\n\nUsage: " + usage_of(command) + "\n";
  const std::vector<Line> arguments = arguments_of(command);
  if (!arguments.empty()) text += "\n";
  for (const Line& line : arguments) append_line(text, line);
  const std::vector<Line> subcommands = subcommands_of(command);
  if (!subcommands.empty()) text += "\nCommands:\n";
  for (const Line& line : subcommands) append_line(text, line);
  std::string group;
  for (const Line& line : options_of(command)) {
    if (!is_long && line.group == kAdvanced) continue;
    if (line.group != group) text += "\n" + line.group + ":\n";
    group = line.group;
    append_line(text, line);
  }
  if (is_long && !command.get_footer().empty()) text += "\n" + command.get_footer() + "\n";
  if (!is_long) text += "\nMore, with examples: --help\n";
  return text;
}

std::string man_page(const CLI::App& app) {
  std::string text = fmt::format(".TH MOGURA 1 \"\" \"mogura {}\" \"User Commands\"\n", kVersion);
  text += ".SH NAME\nmogura \\- finds tunnels and backdoors in web traffic\n";
  text += ".SH SYNOPSIS\n";
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    text += ".B " + roff_escape(usage_of(*sub)) + "\n.br\n";
  }
  text += ".SH DESCRIPTION\n" + roff_escape(app.get_description()) + "\n";
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    text +=
        ".SH \"MOGURA " + roff_escape(sub->get_name()) + "\"\n" + roff_escape(sub->get_description()) + "\n";
    append_man_options(text, *sub);
    if (!sub->get_footer().empty()) text += ".PP\n.nf\n" + roff_escape(sub->get_footer()) + "\n.fi\n";
  }
  return text;
}

std::string completion_script(const CLI::App& app, std::string_view shell) {
  if (shell == "bash") return bash_completion(app);
  if (shell == "zsh") return zsh_completion(app);
  return fish_completion(app);
}

}  // namespace mogura::app
