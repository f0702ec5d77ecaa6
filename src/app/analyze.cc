// mogura analyze: capture files in; the breakdown, the groups, what is suspicious, and the sessions out.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "app/commands.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "app/terminal.h"
#include "app/version.h"
#include "finding/collector.h"
#include "population/groups.h"
#include "report/analysis.h"
#include "report/analysis_json.h"
#include "report/session_line.h"
#include "report/terminal.h"

namespace mogura::app {
namespace {

constexpr unsigned kDefaultWidth = 100;
// Damages named on stderr, of inputs without number.
constexpr std::size_t kWarnings = 20;
// Session lines are written in pieces of about this size.
constexpr std::size_t kLineBuffer = std::size_t{1} << 16;

struct Options {
  std::vector<std::string> inputs;
  std::string format = "auto";
  std::string json;
  std::string sessions;
  std::vector<std::string> proxies;
  std::uint64_t min_exchanges = 10;
  unsigned threads = 0;
  unsigned rows = report::kGroupRows;
  unsigned width = 0;
  std::size_t max_connections = Limits{}.connections;
  std::optional<double> fail_on;
  bool no_color = false;
  bool ascii = false;
  bool quiet = false;
};

constexpr std::string_view kExamples =
    "Exit status: 0 done, 1 a finding reached --fail-on, 2 usage, 3 some input could not be read\n"
    "(what could be is reported), 4 failure at run time.\n"
    "\n"
    "Examples:\n"
    "  mogura analyze monday.pcap.gz                    a day's capture, report on the terminal\n"
    "  mogura analyze /var/captures                     a folder of rotated files, as one timeline\n"
    "  tcpdump -i eth0 -U -w - tcp | mogura analyze -   what passes now; Ctrl-C ends and reports\n"
    "  mogura analyze day.pcap --json - | jq .groups    the same as a document\n"
    "  mogura analyze day.pcap --sessions - | jq 'select(.kind == \"connect\")'\n"
    "  mogura analyze day.pcap --fail-on 0.5 --quiet    in a script: status 1 if anything is suspicious";

std::atomic<bool> stop_requested{false};

// The first Ctrl-C ends the reading and reports what was read; the second ends the program.
void on_interrupt(int) {
  stop_requested = true;
  std::signal(SIGINT, SIG_DFL);
}

// One analysis from options to outputs.
class Analysis {
 public:
  explicit Analysis(const Options& options)
      : options_(options), groups_(limits_, options.min_exchanges), findings_(limits_) {
    limits_.connections = options.max_connections;
  }

  Exit run() {
    if (const Result<void> opened = open_outputs(); !opened) return failure(opened.error());
    source_ = capture::open(options_.inputs);
    std::signal(SIGINT, on_interrupt);
    const PipelineCounters counters = read();
    report::Analysis analysis = summarise(counters);
    warn_of_damage(analysis);
    if (const Result<void> written = write(analysis); !written) return failure(written.error());
    return status_of(analysis);
  }

 private:
  static Exit failure(const Error& error) {
    fmt::print(stderr, "mogura: {}\n", error.message());
    return Exit::kFailure;
  }

  Result<void> open_outputs() {
    for (auto [path, output] :
         {std::pair(&options_.json, &json_), std::pair(&options_.sessions, &sessions_)}) {
      if (path->empty()) continue;
      Result<Output> opened = Output::open(*path);
      if (!opened) return tl::unexpected(opened.error());
      output->emplace(std::move(*opened));
    }
    return {};
  }

  PipelineCounters read() {
    PipelineOptions pipeline;
    pipeline.threads =
        options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
    pipeline.limits = limits_;
    pipeline.seed = std::random_device{}();
    for (const std::string& proxy : options_.proxies) pipeline.proxies.push_back(*Address::parse(proxy));
    pipeline.stop = &stop_requested;
    Progress progress(!options_.quiet);
    return run_pipeline(
        *source_, pipeline, [this](const session::Session& session) { take(session); },
        [&] { progress.show(source_->position(), source_->size(), sessions_seen_); });
  }

  void take(const session::Session& session) {
    ++sessions_seen_;
    groups_.add(session);
    findings_.add(session);
    if (!sessions_) return;
    report::write_session_line(session, {options_.min_exchanges, 5}, lines_);
    if (lines_.size() >= kLineBuffer) flush_lines();
  }

  void flush_lines() {
    sessions_->write(lines_);
    lines_.clear();
  }

  report::Analysis summarise(const PipelineCounters& counters) const;
  void warn_of_damage(const report::Analysis& analysis) const;

  Result<void> write(const report::Analysis& analysis) {
    if (sessions_) {
      flush_lines();
      if (Result<void> closed = sessions_->close(); !closed) return closed;
    }
    if (json_) {
      json_->write(report::write_json(analysis));
      if (Result<void> closed = json_->close(); !closed) return closed;
    }
    const bool stdout_taken = options_.json == "-" || options_.sessions == "-";
    if (stdout_taken || options_.quiet) return {};
    Result<Output> terminal = Output::open("-");
    terminal->write(report::write_terminal(analysis, style()));
    return terminal->close();
  }

  [[nodiscard]] report::TerminalStyle style() const {
    report::TerminalStyle style;
    style.width = options_.width != 0 ? options_.width : terminal_width(kDefaultWidth);
    style.color = !options_.no_color && terminal_has_color();
    style.utf8 = !options_.ascii && terminal_is_utf8();
    style.group_rows = options_.rows;
    return style;
  }

  [[nodiscard]] Exit status_of(const report::Analysis& analysis) const {
    for (const report::Input& input : analysis.inputs) {
      if (!input.errors.empty()) return Exit::kInput;
    }
    const bool reached = options_.fail_on && !analysis.findings.empty() &&
                         analysis.findings.front().score >= *options_.fail_on;
    return reached ? Exit::kFindings : Exit::kDone;
  }

  const Options& options_;
  Limits limits_;
  population::Groups groups_;
  finding::Collector findings_;
  std::unique_ptr<capture::Source> source_;
  std::optional<Output> json_;
  std::optional<Output> sessions_;
  std::string lines_;
  std::uint64_t sessions_seen_ = 0;
};

report::Analysis Analysis::summarise(const PipelineCounters& counters) const {
  report::Analysis analysis;
  analysis.version = kVersion;
  for (const capture::InputReport& input : source_->reports()) {
    analysis.inputs.push_back(
        {input.path, input.format, input.packets, input.bytes, input.first, input.last, input.errors});
  }
  report::set_groups(analysis, groups_);
  analysis.findings = findings_.findings();

  const packet::TcpCounters& tcp = counters.tcp;
  const session::TableCounters& table = counters.table;
  const std::vector<report::Counter> named = {
      {"packets", counters.decode.frames},
      {"decoded", counters.decode.segments},
      {"datagrams_reassembled", counters.decode.datagrams_reassembled},
      {"fragments_evicted", counters.decode.fragments_evicted},
      {"gaps_bytes", tcp.gaps_bytes},
      {"cut_bytes", tcp.cut_bytes},
      {"retransmitted_bytes", tcp.retransmitted_bytes},
      {"overlap_conflicts", tcp.overlap_conflicts},
      {"out_of_order_segments", tcp.out_of_order_segments},
      {"out_of_window_segments", tcp.out_of_window_segments},
      {"holes_given_up_by_limit", tcp.holes_given_up_by_limit},
      {"evicted_sessions", table.evicted_sessions},
      {"paired_sessions", counters.paired_sessions},
      {"stray_connections", table.stray_connections},
      {"port_reuse", table.port_reuse},
      {"http_messages", table.http_messages},
      {"http_malformed", table.http_malformed},
      {"http_limit", table.http_limit},
      {"unpaired_responses", table.unpaired_responses},
      {"held_overflows", table.held_overflows},
      {"tls_hello_unread", table.tls_hello_unread},
      {"findings_not_judged_sessions", findings_.sessions_not_judged()},
  };
  analysis.counters.insert(analysis.counters.begin(), named.begin(), named.end());
  for (std::size_t i = 0; i < counters.decode.not_decoded.size(); ++i) {
    if (counters.decode.not_decoded[i] == 0) continue;
    analysis.not_decoded.emplace_back(name_of(static_cast<packet::NotDecoded>(i)),
                                      counters.decode.not_decoded[i]);
  }
  return analysis;
}

// Where the report itself is not shown on the terminal, damage must still be seen.
void Analysis::warn_of_damage(const report::Analysis& analysis) const {
  std::size_t count = 0;
  for (const report::Input& input : analysis.inputs) {
    for (const Error& error : input.errors) {
      if (++count <= kWarnings) fmt::print(stderr, "mogura: {}\n", error.message());
    }
  }
  if (count > kWarnings) fmt::print(stderr, "mogura: and {} more, all in --json\n", count - kWarnings);
  if (stop_requested) fmt::print(stderr, "mogura: interrupted; this is what was read until then\n");
}

// Devices, /dev/null above all, may be named twice.
bool are_same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  if (std::filesystem::equivalent(a, b, ignored)) return std::filesystem::is_regular_file(a, ignored);
  return a == b && !std::filesystem::exists(a, ignored);
}

// What is wrong with the options together; empty: nothing.
std::string contradiction_in(const Options& options) {
  const auto& inputs = options.inputs;
  if (std::count(inputs.begin(), inputs.end(), "-") > 1) return "standard input can be read once only";
  if (!options.json.empty() && are_same_file(options.json, options.sessions)) {
    return "--json and --sessions would go to the same place";
  }
  for (const std::string& output : {options.json, options.sessions}) {
    if (output.empty() || output == "-") continue;
    for (const std::string& input : inputs) {
      if (are_same_file(input, output)) return output + " is an input; it would be overwritten";
    }
  }
  return {};
}

void declare_outputs(CLI::App& command, Options& options) {
  const auto is_named = [](const std::string& path) {
    return path.empty() ? std::string("the name is empty") : std::string();
  };
  command.add_option("--json", options.json, "write the analysis document (schema mogura.analysis/1)")
      ->type_name("FILE|-")
      ->check(is_named)
      ->group("Output");
  command.add_option("--sessions", options.sessions, "write one JSON line for each session")
      ->type_name("FILE|-")
      ->check(is_named)
      ->group("Output");
  command.add_option("--rows", options.rows, "rows of each group table on the terminal (JSON always has 50)")
      ->type_name("N")
      ->check(CLI::Range(1, 50))
      ->capture_default_str()
      ->group("Output");
  command.add_option("--fail-on", options.fail_on, "exit with status 1 if a finding's score reaches this")
      ->type_name("SCORE")
      ->check(CLI::Range(0.0, 1.0))
      ->check([](const std::string& text) {
        return std::isnan(std::strtod(text.c_str(), nullptr)) ? text + " is no score" : std::string();
      })
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

Command declare_analyze(CLI::App& command) {
  auto options = std::make_shared<Options>();
  command
      .add_option("INPUT", options->inputs,
                  "capture files (pcap, pcapng, also .gz and .zst), a folder of them, or - for standard "
                  "input; several are "
                  "read as one timeline")
      ->required();
  command.add_option("--format", options->format, "what INPUT is: auto (by its content) or pcap")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"auto", "pcap"}))
      ->capture_default_str()
      ->group("Input");
  command
      .add_option("--min-exchanges", options->min_exchanges,
                  "messages each way after the CONNECT that make a session one of the analysed")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str()
      ->group("Input");
  command
      .add_option("--proxy", options->proxies,
                  "address of a proxy of the organisation, where requests do not tell (no Via, no "
                  "X-Forwarded-For); may be "
                  "repeated")
      ->type_name("ADDR")
      ->allow_extra_args(false)
      ->group("Input")
      ->check([](const std::string& text) {
        return Address::parse(text) ? std::string() : text + " is not an IP address";
      });
  command
      .add_option("--threads", options->threads,
                  "threads: one reads, the others work; default: one for each core")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->group("Advanced");
  command
      .add_option(
          "--max-connections", options->max_connections,
          "connections followed at once; beyond, the one silent for longest is finished early and counted")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str()
      ->group("Advanced");
  declare_outputs(command, *options);
  command.footer(std::string(kExamples));
  return [options] {
    const std::string contradiction = contradiction_in(*options);
    if (contradiction.empty()) return Analysis(*options).run();
    fmt::print(stderr, "mogura: {}\nTry \"mogura analyze -h\".\n", contradiction);
    return Exit::kUsage;
  };
}

}  // namespace mogura::app
