#include "app/analyze_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/address.h"

namespace mogura::app {
namespace {

constexpr std::string_view kExamples =
    "Exit status: 0 done, 1 a finding reached --fail-on, 2 usage, 3 some input could not be read\n"
    "(what could be is reported), 4 failure at run time.\n"
    "\n"
    "Examples:\n"
    "  mogura analyze monday.pcap.gz                    a day's capture, report on the terminal\n"
    "  mogura analyze /var/captures                     a folder of rotated files, as one timeline\n"
    "  tcpdump -i eth0 -U -w - tcp | mogura analyze -   what passes now; Ctrl-C ends and reports\n"
    "  mogura analyze day.pcap --json - | jq .groups    the same as a document\n"
    "  mogura analyze day.pcap --html report.html       the same to read and to print\n"
    "  mogura analyze day.pcap --sessions - | jq 'select(.kind == \"connect\")'\n"
    "  mogura analyze access.log.gz                     a proxy's log, as far as it tells\n"
    "  mogura analyze day.pcap --learn patterns         write candidate patterns for what was found\n"
    "  mogura analyze day.pcap --patterns patterns --allow allow.toml --db mogura.db\n"
    "  mogura analyze day.pcap --fail-on 0.5 --quiet    in a script: status 1 if anything is suspicious";

// Devices, /dev/null above all, may be named twice.
bool are_same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  if (std::filesystem::equivalent(a, b, ignored)) return std::filesystem::is_regular_file(a, ignored);
  return a == b && !std::filesystem::exists(a, ignored);
}

std::string is_named(const std::string& path) {
  return path.empty() ? std::string("the name is empty") : std::string();
}

void declare_inputs(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("INPUT", options.inputs,
                  "capture files (pcap, pcapng, also .gz and .zst), logs of Squid, Zeek or Suricata, session "
                  "lines, a "
                  "folder of them, or - for standard input; several captures are read as one timeline")
      ->required();
  command.add_option("--format", options.format, "what INPUT is; auto: each file by its content")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"auto", "pcap", "squid", "zeek", "eve", "sessions"}))
      ->capture_default_str()
      ->group("Input");
  command
      .add_option(
          "--proxy", options.proxies,
          "address of a proxy of the organisation, where requests do not tell (no Via, no X-Forwarded-For); "
          "may be repeated")
      ->type_name("ADDR")
      ->allow_extra_args(false)
      ->group("Input")
      ->check([](const std::string& text) {
        return Address::parse(text) ? std::string() : text + " is not an IP address";
      });
  command
      .add_option("--threads", options.threads,
                  "threads: one reads, the others work; default: one for each core")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->group("Advanced");
  command
      .add_option(
          "--max-connections", options.max_connections,
          "connections followed at once; beyond, the one silent for longest is finished early and counted")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str()
      ->group("Advanced");
}

void declare_judging(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("--min-exchanges", options.min_exchanges,
                  "messages each way after the CONNECT that make a session one of the analysed")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str()
      ->group("Judging");
  command
      .add_option("--min-repeats", options.min_repeats,
                  "times that a message length must occur in a session to be one of its features")
      ->type_name("N")
      ->check(CLI::Range(2, 1'000'000))
      ->capture_default_str()
      ->group("Judging");
  command.add_option("--patterns", options.patterns, "folder of registered patterns to match as well")
      ->type_name("DIR")
      ->check(is_named)
      ->group("Judging");
  command
      .add_option(
          "--allow", options.allow,
          "sanctioned services (docs/formats/allow.md): their findings are kept, marked and scored zero")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Judging");
  command
      .add_option("--whois", options.whois,
                  "ask whois about the destinations to look at, beginning with this server; the only option "
                  "that makes "
                  "mogura talk to anyone")
      ->type_name("[SERVER]")
      ->expected(0, 1)
      ->default_str("")
      ->group("Judging");
}

void declare_outputs(CLI::App& command, AnalyzeOptions& options) {
  command.add_option("--json", options.json, "write the analysis document (schema mogura.analysis/1)")
      ->type_name("FILE|-")
      ->check(is_named)
      ->group("Output");
  command.add_option("--sessions", options.sessions, "write one JSON line for each session")
      ->type_name("FILE|-")
      ->check(is_named)
      ->group("Output");
  command
      .add_option("--html", options.html, "write a report to read: one file, with charts, that loads nothing")
      ->type_name("FILE|-")
      ->check(is_named)
      ->group("Output");
  command.add_option("--db", options.database, "keep sessions, groups and findings in this SQLite file")
      ->type_name("FILE")
      ->check(is_named)
      ->group("Output");
  command
      .add_option(
          "--learn", options.learn,
          "write candidate patterns for the findings to look at into this folder; none is live before "
          "mogura patterns accept")
      ->type_name("DIR")
      ->check(is_named)
      ->group("Output");
  command.add_option("--fail-on", options.fail_on, "exit with status 1 if a finding's score reaches this")
      ->type_name("SCORE")
      ->check(CLI::Range(0.0, 1.0))
      ->check([](const std::string& text) {
        return std::isnan(std::strtod(text.c_str(), nullptr)) ? text + " is no score" : std::string();
      })
      ->group("Output");
}

void declare_display(CLI::App& command, AnalyzeOptions& options) {
  command.add_option("--rows", options.rows, "rows of each group table on the terminal (JSON always has 50)")
      ->type_name("N")
      ->check(CLI::Range(1, 50))
      ->capture_default_str()
      ->group("Output");
  command.add_flag("--quiet", options.quiet, "no report on the terminal, no progress")->group("Output");
  command.add_flag("--no-color", options.no_color, "no colours (as does the environment variable NO_COLOR)")
      ->group("Output");
  command.add_flag("--ascii", options.ascii, "no characters outside ASCII in bars and rules")
      ->group("Advanced");
  command.add_option("--width", options.width, "columns of the report; default: the terminal's, else 100")
      ->type_name("N")
      ->check(CLI::Range(40, 500))
      ->group("Advanced");
}

}  // namespace

std::string contradiction_in(const AnalyzeOptions& options) {
  const auto& inputs = options.inputs;
  if (std::count(inputs.begin(), inputs.end(), "-") > 1) return "standard input can be read once only";
  const std::vector<std::pair<const char*, std::string>> written = {
      {"--json", options.json}, {"--sessions", options.sessions}, {"--html", options.html}};
  for (auto a = written.begin(); a != written.end(); ++a) {
    for (auto b = a + 1; b != written.end(); ++b) {
      if (a->second.empty() || !are_same_file(a->second, b->second)) continue;
      return std::string(a->first) + " and " + b->first + " would go to the same place";
    }
  }
  for (const std::string& output : {options.json, options.sessions, options.html, options.database}) {
    if (output.empty() || output == "-") continue;
    for (const std::string& input : inputs) {
      if (are_same_file(input, output)) return output + " is an input; it would be overwritten";
    }
  }
  return contradiction_in(options.privacy);
}

void declare_analyze_options(CLI::App& command, AnalyzeOptions& options) {
  declare_inputs(command, options);
  declare_judging(command, options);
  declare_outputs(command, options);
  declare_redact_options(command, options.privacy);
  declare_display(command, options);
  command.footer(std::string(kExamples));
}

}  // namespace mogura::app
