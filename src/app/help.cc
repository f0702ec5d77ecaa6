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

// "mogura patterns list"
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? "mogura" : full_name(*parent) + " " + command.get_name();
}

std::vector<const CLI::App*> subcommands(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

// Commands without subcommands of their own, in order: what a user can run.
std::vector<const CLI::App*> runnable(const CLI::App& command) {
  std::vector<const CLI::App*> found;
  for (const CLI::App* sub : subcommands(command)) {
    const std::vector<const CLI::App*> below = runnable(*sub);
    if (below.empty()) found.push_back(sub);
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

std::string usage_of(const CLI::App& command) {
  std::string usage = full_name(command);
  if (!subcommands(command).empty()) return usage + " COMMAND [options]";
  usage += " [options]";
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

std::string names_of_subcommands(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : subcommands(command)) names.push_back(sub->get_name());
  return join(names);
}

// What can follow a command: its subcommands and flags.
std::string words_after(const CLI::App& command) {
  if (command.get_name() == "completion") return "bash zsh fish";
  const std::string names = names_of_subcommands(command);
  return names.empty() ? all_flags(command) : names + " " + all_flags(command);
}

std::string bash_completion(const CLI::App& app) {
  std::string cases;
  std::string deeper;
  for (const CLI::App* sub : subcommands(app)) {
    cases += fmt::format("    {}) words=\"{}\" ;;\n", sub->get_name(), words_after(*sub));
    for (const CLI::App* below : subcommands(*sub)) {
      deeper += fmt::format("    {}/{}) words=\"{}\" ;;\n", sub->get_name(), below->get_name(),
                            words_after(*below));
    }
  }
  return fmt::format(
      "# bash completion for mogura: source it, or put it into /etc/bash_completion.d\n"
      "_mogura() {{\n"
      "  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"{} -h --help\"\n"
      "  [ \"$COMP_CWORD\" -gt 1 ] && case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  [ \"$COMP_CWORD\" -gt 2 ] && case \"${{COMP_WORDS[1]}}/${{COMP_WORDS[2]}}\" in\n{}  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "}}\n"
      "complete -o default -F _mogura mogura\n",
      names_of_subcommands(app), cases, deeper);
}

std::string zsh_quote(std::string text) {
  for (std::size_t at = 0; (at = text.find_first_of("'[]:", at)) != std::string::npos; at += 1)
    text[at] = ' ';
  return text;
}

// "_arguments" with the options of a command.
std::string zsh_arguments(const CLI::App& command) {
  std::string specs;
  for (const Line& line : options_of(command)) {
    const bool has_value = line.name.find(' ') != std::string::npos && line.name.back() != ',' &&
                           std::isupper(static_cast<unsigned char>(line.name.back())) != 0;
    for (const std::string& flag : flags_of(line)) {
      specs += fmt::format(" '{}[{}]{}'", flag, zsh_quote(line.text), has_value ? ":value:_files" : "");
    }
  }
  const bool is_completion = command.get_name() == "completion";
  return "_arguments" + specs + (is_completion ? " '*:shell:(bash zsh fish)'" : " '*:file:_files'");
}

// Completes the subcommands of a command, whose name is $words[1], and what follows them.
std::string zsh_subcommands(const CLI::App& command, const std::string& indent) {
  std::string text = indent + "local -a commands=(\n";
  std::string cases;
  for (const CLI::App* sub : subcommands(command)) {
    text += fmt::format("{}  '{}:{}'\n", indent, sub->get_name(), zsh_quote(sub->get_description()));
    cases += subcommands(*sub).empty()
                 ? fmt::format("{}  {}) {} ;;\n", indent, sub->get_name(), zsh_arguments(*sub))
                 : fmt::format("{}  {})\n{}{}    ;;\n", indent, sub->get_name(),
                               zsh_subcommands(*sub, indent + "    "), indent);
  }
  text += indent + ")\n" + indent + "if (( CURRENT == 2 )); then _describe command commands; return; fi\n";
  text += indent + "shift words; (( CURRENT-- ))\n";
  return text + indent + "case $words[1] in\n" + cases + indent + "esac\n";
}

std::string zsh_completion(const CLI::App& app) {
  return "#compdef mogura\n_mogura() {\n" + zsh_subcommands(app, "  ") +
         "}\n"
         "# A file of $fpath is run as the function itself; one that is sourced only declares it.\n"
         "if [[ $funcstack[1] == _mogura ]]; then _mogura \"$@\"; else compdef _mogura mogura; fi\n";
}

std::string fish_quote(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string fish_flags(const CLI::App& command, const std::string& condition) {
  std::string text;
  for (const Line& line : options_of(command)) {
    for (const std::string& flag : flags_of(line)) {
      const bool is_long = flag.starts_with("--");
      text += fmt::format("complete -c mogura -n '{}' {} {} -d '{}'\n", condition, is_long ? "-l" : "-s",
                          flag.substr(is_long ? 2 : 1), fish_quote(line.text));
    }
  }
  return text;
}

std::string fish_completion(const CLI::App& app) {
  std::string text;
  for (const CLI::App* sub : subcommands(app)) {
    text += fmt::format("complete -c mogura -n __fish_use_subcommand -f -a {} -d '{}'\n", sub->get_name(),
                        fish_quote(sub->get_description()));
    const std::string condition = "__fish_seen_subcommand_from " + sub->get_name();
    text += fish_flags(*sub, condition);
    for (const CLI::App* below : subcommands(*sub)) {
      text += fmt::format(
          "complete -c mogura -n '{}; and not __fish_seen_subcommand_from {}' -f -a {} -d '{}'\n", condition,
          names_of_subcommands(*sub), below->get_name(), fish_quote(below->get_description()));
      text += fish_flags(*below, condition + "; and __fish_seen_subcommand_from " + below->get_name());
    }
    if (sub->get_name() == "completion") {
      text += fmt::format("complete -c mogura -n '{}' -f -a 'bash zsh fish'\n", condition);
    }
  }
  return text;
}

// A line of text: what begins with a dot or a quote would be taken for a request.
std::string roff_line(std::string_view text) {
  return (text.starts_with('.') || text.starts_with('\'') ? "\\&" : "") + roff_escape(text) + "\n";
}

void append_man_options(std::string& text, const CLI::App& command) {
  std::vector<Line> lines = arguments_of(command);
  for (Line& line : options_of(command)) lines.push_back(std::move(line));
  for (const Line& line : lines) {
    text += ".TP\n.B " + roff_escape(line.name) + "\n" + roff_line(line.text);
  }
}

std::string man_heading(const std::string& page, const std::string& what) {
  std::string title;
  for (const char c : page) title += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format(".TH {} 1 \"\" \"mogura {}\" \"User Commands\"\n.SH NAME\n{} \\- {}", title, kVersion,
                     roff_escape(page), roff_line(what));
}

void append_man_synopsis(std::string& text, const CLI::App& command) {
  std::vector<const CLI::App*> all = runnable(command);
  if (all.empty()) all.push_back(&command);
  text += ".SH SYNOPSIS\n";
  for (const CLI::App* one : all) {
    text += (one == all.front() ? "" : ".br\n") + (".B " + roff_escape(usage_of(*one))) + "\n";
  }
}

// The options of a command and of those below it.
void append_man_command(std::string& text, const CLI::App& command) {
  append_man_options(text, command);
  for (const CLI::App* below : runnable(command)) {
    text += ".SS \"" + roff_escape(full_name(*below)) + "\"\n" + roff_line(below->get_description());
    append_man_options(text, *below);
  }
}

std::string man_footer(const CLI::App& command, const std::string& heading) {
  if (command.get_footer().empty()) return {};
  std::string text = heading + ".nf\n";
  const std::string footer = command.get_footer();
  for (std::size_t begin = 0; begin <= footer.size();) {
    const std::size_t end = std::min(footer.find('\n', begin), footer.size());
    text += roff_line(std::string_view(footer).substr(begin, end - begin));
    begin = end + 1;
  }
  return text + ".fi\n";
}

}  // namespace

void add_help_flags(CLI::App& app) {
  CLI::App* asked = &app;
  app.set_help_flag();
  app.add_flag_callback(
         "-h", [asked] { throw HelpRequest(*asked, false); }, "help on one screen")
      ->trigger_on_parse();
  app.add_flag_callback(
         "--help", [asked] { throw HelpRequest(*asked, true); }, "help with everything")
      ->trigger_on_parse();
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) add_help_flags(*sub);
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
  std::string text = man_heading("mogura", "finds tunnels and backdoors in web traffic");
  append_man_synopsis(text, app);
  text += ".SH DESCRIPTION\n" + roff_line(app.get_description());
  std::string pages;
  for (const CLI::App* sub : subcommands(app)) {
    text += ".SH \"MOGURA " + roff_escape(sub->get_name()) + "\"\n" + roff_line(sub->get_description());
    append_man_command(text, *sub);
    text += man_footer(*sub, ".PP\n");
    pages += (pages.empty() ? "" : ",\n") + (".BR mogura\\-" + roff_escape(sub->get_name())) + " (1)";
  }
  return text + ".SH \"SEE ALSO\"\n" + pages + "\n";
}

std::string man_page_of(const CLI::App& command) {
  std::string text = man_heading("mogura-" + command.get_name(), command.get_description());
  append_man_synopsis(text, command);
  text += ".SH DESCRIPTION\n" + roff_line(command.get_description());
  if (runnable(command).empty()) text += ".SH OPTIONS\n";
  append_man_command(text, command);
  text += man_footer(command, ".SH NOTES\n");
  return text + ".SH \"SEE ALSO\"\n.BR mogura (1)\n";
}

std::string completion_script(const CLI::App& app, std::string_view shell) {
  if (shell == "bash") return bash_completion(app);
  if (shell == "zsh") return zsh_completion(app);
  return fish_completion(app);
}

}  // namespace mogura::app
