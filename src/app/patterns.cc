// mogura patterns: the registry. What was learned is looked at, accepted under a name, tried, and handed on
// to other programs.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "app/analyze_inputs.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/pattern_editor.h"
#include "app/pattern_folder.h"
#include "app/pattern_trial.h"
#include "app/pipeline.h"
#include "app/read_file.h"
#include "base/time.h"
#include "capture/source.h"
#include "logs/log_source.h"
#include "pattern/exporters.h"
#include "report/text_width.h"

namespace mogura::app {
namespace {

struct Options {
  std::string folder = "patterns";
  std::vector<std::string> ids;
  std::string id;
  std::string name, application, author;
  std::vector<std::string> inputs;
  std::string input_format = "auto";
  std::string labels;
  std::string format = "json";
  std::string output = "-";
  bool with_candidates = false;
  bool is_json = false;
};

constexpr std::string_view kExamples =
    "Examples:\n"
    "  mogura analyze monday.pcap.gz --learn patterns         candidates from what was found\n"
    "  mogura patterns list\n"
    "  mogura patterns test tuesday.pcap.gz                   how often they match elsewhere\n"
    "  mogura patterns accept ssh-in-connect-3f2a --name \"SSH through the proxy\"\n"
    "  mogura patterns export --format suricata --output mogura.rules";

Exit failure(const Error& error) {
  fmt::print(stderr, "mogura: {}\n", report::escape_for_terminal(error.message()));
  switch (error.code) {
    case ErrorCode::kUsage:
      return Exit::kUsage;
    case ErrorCode::kIo:
    case ErrorCode::kFormat:
    case ErrorCode::kTruncated:
    case ErrorCode::kLimit:
    case ErrorCode::kUnsupported:
      return Exit::kInput;
  }
  return Exit::kFailure;
}

Exit write_failure(const Error& error) {
  const Exit exit = failure(error);
  return exit == Exit::kUsage ? exit : Exit::kFailure;
}

std::string today() {
  return to_rfc3339(std::chrono::system_clock::now()).substr(0, 10);
}

// One line a pattern; the name comes last, as it may be of any length.
std::string table_of(const std::vector<pattern::Pattern>& patterns) {
  std::size_t width = 2;
  for (const pattern::Pattern& pattern : patterns) width = std::max(width, pattern.id.size());
  std::string text = fmt::format("{:<{}}  {:<9}  {:<10}  {:>9}  {:>9}  NAME\n", "ID", width, "STATE", "DATE",
                                 "ITS OWN", "ORDINARY");
  for (const pattern::Pattern& pattern : patterns) {
    std::string own, ordinary;
    if (pattern.rates) {
      own = fmt::format("{}/{}", pattern.rates->service_hits, pattern.rates->service_sessions);
      ordinary = fmt::format("{}/{}", pattern.rates->ordinary_hits, pattern.rates->ordinary_sessions);
    }
    std::string name = pattern.name;
    if (!pattern.application.empty()) name += " (" + pattern.application + ")";
    text += fmt::format("{:<{}}  {:<9}  {:<10}  {:>9}  {:>9}  {}\n", pattern.id, width,
                        pattern.is_candidate ? "candidate" : "live", pattern.date, own, ordinary,
                        report::escape_for_terminal(name));
  }
  return text;
}

Exit list(const Options& options) {
  const Result<std::vector<pattern::Pattern>> patterns = read_pattern_folder(options.folder);
  if (!patterns) return failure(patterns.error());
  if (options.is_json) {
    fmt::print("{}", pattern::export_patterns(*patterns, pattern::Format::kJson).text);
  } else if (!patterns->empty()) {
    fmt::print("{}", table_of(*patterns));
  }
  return Exit::kDone;
}

Exit show(const Options& options) {
  const Result<std::string> path = pattern_path(options.folder, options.id);
  if (!path) return failure(path.error());
  const Result<std::string> text = read_file(*path, pattern::kPatternFileBytes);
  if (!text) return failure(text.error());
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    // A backslash is as harmless as any other sign here, and the text is to stay TOML.
    std::string line = report::escape_for_terminal(rest.substr(0, end));
    for (std::size_t at = 0; (at = line.find("\\\\", at)) != std::string::npos; ++at) line.erase(at, 1);
    fmt::print("{}\n", line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const Result<pattern::Pattern> parsed = pattern::parse(*text, *path);
  return parsed ? Exit::kDone : failure(parsed.error());
}

Exit accept(const Options& options) {
  std::vector<pattern::Pattern> accepted;
  for (const std::string& id : options.ids) {  // all are read before one is written
    Result<pattern::Pattern> pattern = read_pattern(options.folder, id);
    if (!pattern) return failure(pattern.error());
    accepted.push_back(std::move(*pattern));
  }
  for (pattern::Pattern& pattern : accepted) {
    if (!pattern.is_candidate) {
      fmt::print(stderr, "mogura: {} is live already\n", pattern.id);
      continue;
    }
    pattern.is_candidate = false;
    pattern.date = today();
    if (!options.name.empty()) pattern.name = options.name;
    if (!options.application.empty()) pattern.application = options.application;
    if (!options.author.empty()) pattern.author = options.author;
    if (const Result<void> written = write_pattern(options.folder, pattern); !written) {
      return write_failure(written.error());
    }
  }
  return Exit::kDone;
}

Exit edit(const Options& options) {
  const Result<std::string> path = pattern_path(options.folder, options.id);
  if (!path) return failure(path.error());
  const Result<std::string> before = read_file(*path, pattern::kPatternFileBytes);
  if (!before) return failure(before.error());
  Result<EditedCopy> copy = EditedCopy::make(*before);
  if (!copy) return write_failure(copy.error());
  const Result<std::string> after = copy->edit(pattern::kPatternFileBytes);
  if (!after) return write_failure(after.error());
  if (*after == *before) return Exit::kDone;
  if (const Result<pattern::Pattern> parsed = pattern::parse(*after, *path); !parsed) {
    copy->keep();
    fmt::print(stderr, "mogura: not changed; what was written is in {}\n", copy->path());
    return failure(parsed.error());
  }
  const Result<void> written = write_pattern_text(options.folder, options.id, *after);
  return written ? Exit::kDone : write_failure(written.error());
}

Exit remove(const Options& options) {
  for (const std::string& id : options.ids) {
    if (const Result<void> removed = remove_pattern(options.folder, id); !removed)
      return failure(removed.error());
  }
  return Exit::kDone;
}

// Errors of inputs on stderr; whether there were any.
template <class Reports>
bool tell_errors(const Reports& reports) {
  bool has_errors = false;
  for (const auto& report : reports) {
    for (const Error& error : report.errors) {
      fmt::print(stderr, "mogura: {}\n", report::escape_for_terminal(error.message()));
      has_errors = true;
    }
  }
  return has_errors;
}

// Every session of the inputs; whether all could be read.
bool read_sessions(const Options& options, const SessionConsumer& take) {
  const Inputs inputs = split_inputs(options.inputs, options.input_format);
  bool has_errors = false;
  if (!inputs.captures.empty()) {
    PipelineOptions pipeline;
    pipeline.threads = std::max(1u, std::thread::hardware_concurrency());
    pipeline.seed = std::random_device{}();
    const std::unique_ptr<capture::Source> source = capture::open(inputs.captures);
    run_pipeline(*source, pipeline, take, [] {});
    has_errors = tell_errors(source->reports());
  }
  if (!inputs.logs.empty()) {
    const logs::Outcome outcome =
        logs::read(inputs.logs, log_format(options.input_format), Limits{}, take, [](auto, auto) {});
    has_errors = tell_errors(outcome.inputs) || has_errors;
  }
  return !has_errors;
}

Exit test(const Options& options) {
  Result<std::vector<pattern::Pattern>> patterns = read_pattern_folder(options.folder);
  if (!patterns) return failure(patterns.error());
  std::optional<Labels> labels;
  if (!options.labels.empty()) {
    Result<Labels> read = Labels::read(options.labels);
    if (!read) return failure(read.error());
    labels.emplace(std::move(*read));
  }
  const Result<pattern::Matcher> matcher = pattern::Matcher::make(std::move(*patterns), true);
  if (!matcher) return failure(matcher.error());
  Trial trial(*matcher, labels ? &*labels : nullptr);
  const bool is_whole = read_sessions(options, [&](const session::Session& session) { trial.add(session); });
  const auto write = options.is_json ? write_trial_json : write_trial_table;
  fmt::print("{}", write(matcher->patterns(), trial.result(), labels.has_value()));
  return is_whole ? Exit::kDone : Exit::kInput;
}

pattern::Format format_named(std::string_view name) {
  if (name == "suricata") return pattern::Format::kSuricata;
  if (name == "snort") return pattern::Format::kSnort;
  if (name == "zeek") return pattern::Format::kZeek;
  return name == "sigma" ? pattern::Format::kSigma : pattern::Format::kJson;
}

Result<std::vector<pattern::Pattern>> chosen_patterns(const Options& options) {
  if (options.ids.empty()) {
    Result<std::vector<pattern::Pattern>> patterns = read_pattern_folder(options.folder);
    if (patterns && !options.with_candidates) {
      std::erase_if(*patterns, [](const pattern::Pattern& pattern) { return pattern.is_candidate; });
    }
    return patterns;
  }
  std::vector<pattern::Pattern> patterns;
  for (const std::string& id : options.ids) {
    Result<pattern::Pattern> pattern = read_pattern(options.folder, id);
    if (!pattern) return tl::unexpected(pattern.error());
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

Exit export_to(const Options& options) {
  const Result<std::vector<pattern::Pattern>> patterns = chosen_patterns(options);
  if (!patterns) return failure(patterns.error());
  const pattern::Exported exported = pattern::export_patterns(*patterns, format_named(options.format));
  Result<Output> output = Output::open(options.output);
  if (!output) return write_failure(output.error());
  output->write(exported.text);
  if (const Result<void> closed = output->close(); !closed) return write_failure(closed.error());
  for (const std::string& loss : exported.losses)
    fmt::print(stderr, "mogura: {}\n", report::escape_for_terminal(loss));
  return Exit::kDone;
}

// Answers to a sub-subcommand.
struct Action {
  CLI::App* command;
  Exit (*run)(const Options&);
};

CLI::App* declare(CLI::App& command, const std::string& name, const std::string& what, Options& options,
                  std::vector<Action>& actions, Exit (*run)(const Options&)) {
  CLI::App* sub = command.add_subcommand(name, what);
  sub->add_option("--patterns", options.folder, "the registry: a folder of pattern files")
      ->type_name("DIR")
      ->capture_default_str();
  actions.push_back({sub, run});
  return sub;
}

void declare_looking(CLI::App& command, Options& options, std::vector<Action>& actions) {
  CLI::App* list_command = declare(command, "list", "the patterns and candidates", options, actions, &list);
  list_command->add_flag("--json", options.is_json, "as a document (schema mogura.patterns/1)");
  CLI::App* show_command = declare(command, "show", "a pattern's file", options, actions, &show);
  show_command->add_option("ID", options.id, "which")->required();
}

void declare_changing(CLI::App& command, Options& options, std::vector<Action>& actions) {
  CLI::App* accept_command =
      declare(command, "accept", "make candidates live, under today's date", options, actions, &accept);
  accept_command->add_option("ID", options.ids, "which")->required();
  accept_command->add_option("--name", options.name, "the pattern's name")->type_name("NAME");
  accept_command->add_option("--application", options.application, "the program that it finds")
      ->type_name("NAME");
  accept_command->add_option("--author", options.author, "who accepts it")->type_name("NAME");
  CLI::App* edit_command = declare(
      command, "edit", "change a pattern with the editor in VISUAL or EDITOR; replaced only if it is valid",
      options, actions, &edit);
  edit_command->add_option("ID", options.id, "which")->required();
  CLI::App* remove_command = declare(command, "remove", "delete patterns", options, actions, &remove);
  remove_command->add_option("ID", options.ids, "which")->required();
}

void declare_using(CLI::App& command, Options& options, std::vector<Action>& actions) {
  CLI::App* test_command =
      declare(command, "test", "count what patterns and candidates match", options, actions, &test);
  test_command->add_option("INPUT", options.inputs, "captures or logs, as for analyze")->required();
  test_command
      ->add_option("--format", options.input_format,
                   "what INPUT is: auto (by its content), pcap, sessions, zeek, squid or eve")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"auto", "pcap", "sessions", "zeek", "squid", "eve"}))
      ->capture_default_str();
  test_command
      ->add_option("--labels", options.labels,
                   "the truth, tab-separated: client_ip, destination, kind (tunnel… and beacon… are to be "
                   "found), tool")
      ->type_name("FILE");
  test_command->add_flag("--json", options.is_json, "as a document (schema mogura.pattern-test/1)");
  CLI::App* export_command = declare(command, "export", "write live patterns as rules of other programs",
                                     options, actions, &export_to);
  export_command->add_option("ID", options.ids, "which; none: all that are live");
  export_command->add_option("--format", options.format, "suricata, snort, zeek, sigma or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"suricata", "snort", "zeek", "sigma", "json"}))
      ->capture_default_str();
  export_command->add_option("--output", options.output, "where to")
      ->type_name("FILE|-")
      ->capture_default_str();
  export_command->add_flag("--candidates", options.with_candidates, "candidates, too");
}

}  // namespace

Command declare_patterns(CLI::App& command) {
  auto options = std::make_shared<Options>();
  auto actions = std::make_shared<std::vector<Action>>();
  command.require_subcommand(1);
  declare_looking(command, *options, *actions);
  declare_changing(command, *options, *actions);
  declare_using(command, *options, *actions);
  command.footer(std::string(kExamples));
  return [options, actions] {
    for (const Action& action : *actions) {
      if (action.command->parsed()) return action.run(*options);
    }
    return Exit::kUsage;
  };
}

}  // namespace mogura::app
