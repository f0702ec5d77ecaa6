// mogura analyze: captures or logs in; the breakdown, the groups, what is suspicious, and the sessions out.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "app/allow_file.h"
#include "app/analyze_inputs.h"
#include "app/analyze_options.h"
#include "app/commands.h"
#include "app/html_report.h"
#include "app/judging.h"
#include "app/learning.h"
#include "app/lookups.h"
#include "app/output.h"
#include "app/pattern_set.h"
#include "app/pipeline.h"
#include "app/redacting.h"
#include "app/stored_answers.h"
#include "app/stored_status.h"
#include "app/terminal.h"
#include "app/version.h"
#include "feature/features.h"
#include "logs/log_source.h"
#include "report/analysis.h"
#include "report/analysis_json.h"
#include "report/session_line.h"
#include "report/terminal.h"
#include "store/store.h"

namespace mogura::app {
namespace {

constexpr unsigned kDefaultWidth = 100;
// Damages named on stderr, of inputs without number.
constexpr std::size_t kWarnings = 20;
// Session lines are written in pieces of about this size.
constexpr std::size_t kLineBuffer = std::size_t{1} << 16;
// Ordinary sessions on which learned patterns are tested.
constexpr std::size_t kOrdinarySessions = 20'000;
// Findings for which the HTML report has candidate patterns where none are written.
constexpr std::size_t kShownCandidates = 100;
// Sessions written to the database in one transaction.
constexpr std::uint64_t kSessionsPerCommit = 10'000;

std::atomic<bool> stop_requested{false};

// The first Ctrl-C ends the reading and reports what was read; the second ends the program.
void on_interrupt(int) {
  stop_requested = true;
  std::signal(SIGINT, SIG_DFL);
}

// One analysis from options to outputs.
class Analysis {
 public:
  explicit Analysis(const AnalyzeOptions& options)
      : options_(options),
        limits_(limits_of(options)),
        judging_(judging_options(options, limits_)),
        inputs_(split_inputs(options.inputs, options.format)) {}

  Exit run() {
    if (const Result<void> ready = prepare(); !ready) return failure(ready.error());
    std::signal(SIGINT, on_interrupt);
    read_captures();
    read_logs();
    report::Analysis analysis = summarise();
    warn_of_damage(analysis);
    if (const Result<void> written = write(analysis); !written) return failure(written.error());
    return status_of(analysis);
  }

 private:
  static Limits limits_of(const AnalyzeOptions& options) {
    Limits limits;
    limits.connections = options.max_connections;
    return limits;
  }
  static JudgingOptions judging_options(const AnalyzeOptions& options, const Limits& limits) {
    const bool learns = !options.learn.empty() || !options.html.empty();
    return {limits, options.min_exchanges, {options.min_repeats, learns ? kOrdinarySessions : 0}};
  }
  static Exit failure(const Error& error) {
    fmt::print(stderr, "mogura: {}\n", error.message());
    return error.code == ErrorCode::kUsage || error.code == ErrorCode::kFormat ? Exit::kUsage
                                                                               : Exit::kFailure;
  }

  // Everything that can go wrong before the first byte is read.
  Result<void> prepare() {
    auto redactor = make_redactor(options_.privacy);
    if (!redactor) return tl::unexpected(redactor.error());
    redactor_ = std::move(*redactor);
    redacting_ = Redacting(redactor_.get());
    if (!options_.quiet) warn_of_new_names(options_.privacy, options_.database);
    if (!options_.allow.empty()) {
      Result<finding::AllowList> list = read_allow_file(options_.allow);
      if (!list) return tl::unexpected(list.error());
      warn_of_networks(options_.privacy, *list, options_.allow);
      allow_ = std::move(*list);
    }
    if (!options_.patterns.empty()) {
      Result<PatternSet> patterns = PatternSet::load(options_.patterns);
      if (!patterns) return tl::unexpected(patterns.error());
      patterns_.emplace(std::move(*patterns));
    }
    return open_outputs();
  }

  Result<void> open_outputs() {
    for (auto [path, output] :
         {std::pair(&options_.json, &json_), std::pair(&options_.sessions, &sessions_)}) {
      if (path->empty()) continue;
      Result<Output> opened = Output::open(*path);
      if (!opened) return tl::unexpected(opened.error());
      output->emplace(std::move(*opened));
    }
    if (!options_.html.empty()) {
      Result<HtmlReport> html = HtmlReport::open(options_.html);
      if (!html) return tl::unexpected(html.error());
      html_.emplace(std::move(*html));
    }
    if (options_.database.empty()) return {};
    Result<store::Store> store = store::Store::open(options_.database);
    if (!store) return tl::unexpected(store.error());
    store_.emplace(std::move(*store));
    return {};
  }

  void read_captures();
  void read_logs();
  void take(const session::Session& as_read);
  void keep(const session::Session& session);
  void write_line(const session::Session& session);

  void flush_lines() {
    sessions_->write(lines_);
    lines_.clear();
  }

  report::Analysis summarise();
  void count(report::Analysis& analysis) const;
  void warn_of_damage(const report::Analysis& analysis) const;
  Result<void> write(const report::Analysis& analysis);
  Result<void> put(const report::Analysis& analysis);
  Result<void> put_what_was_learnt(const report::Analysis& analysis);

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

  const AnalyzeOptions& options_;
  Limits limits_;
  Judging judging_;
  Inputs inputs_;
  std::unique_ptr<const session::Redactor> redactor_;
  Redacting redacting_;
  finding::AllowList allow_;
  std::optional<PatternSet> patterns_;
  std::optional<store::Store> store_;
  std::optional<Error> store_error_;
  std::unique_ptr<capture::Source> source_;
  PipelineCounters counters_;
  logs::Outcome logs_;
  std::optional<Output> json_;
  std::optional<Output> sessions_;
  std::optional<HtmlReport> html_;
  std::string lines_;
  std::uint64_t sessions_seen_ = 0;
  std::uint64_t sessions_matched_ = 0;
  Timestamp first_ = Timestamp::max(), last_{};  // the earliest start and latest end of a session
};

void Analysis::read_captures() {
  if (inputs_.captures.empty()) return;
  source_ = capture::open(inputs_.captures);
  PipelineOptions pipeline;
  pipeline.threads =
      options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
  pipeline.limits = limits_;
  pipeline.seed = std::random_device{}();
  for (const std::string& proxy : options_.proxies) pipeline.proxies.push_back(*Address::parse(proxy));
  pipeline.stop = &stop_requested;
  Progress progress(!options_.quiet);
  counters_ = run_pipeline(
      *source_, pipeline, [this](const session::Session& session) { take(session); },
      [&] { progress.show(source_->position(), source_->size(), sessions_seen_); });
}

void Analysis::read_logs() {
  if (inputs_.logs.empty() || stop_requested) return;
  Progress progress(!options_.quiet);
  logs_ = logs::read(
      inputs_.logs, log_format(options_.format), limits_,
      [this](const session::Session& session) { take(session); },
      [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all, sessions_seen_); });
}

void Analysis::take(const session::Session& as_read) {
  const session::Session& session = redacting_(as_read);
  ++sessions_seen_;
  last_ = std::max(last_, session.end);
  first_ = std::min(first_, session.start);
  std::span<const std::string_view> matched;
  if (patterns_) matched = patterns_->match(session);
  if (!matched.empty()) ++sessions_matched_;
  judging_.add(session, matched);
  if (html_) html_->add(session);
  if (store_) keep(session);
  if (!sessions_) return;
  write_line(session);
  if (lines_.size() >= kLineBuffer) flush_lines();
}

// With the byte strings that recur in it, where its messages' bytes were kept.
void Analysis::write_line(const session::Session& session) {
  report::SessionLineOptions line;
  line.min_exchanges = options_.min_exchanges;
  line.min_repeats = options_.min_repeats;
  feature::SessionFeatures features;
  std::vector<report::RepeatedBytes> strings;
  if (!session.message_bytes.empty()) features = feature::extract(session, {options_.min_repeats});
  for (const feature::RepeatedBytes& string : features.strings) {
    strings.push_back(
        {string.direction, string.offset, string.bytes, static_cast<std::uint32_t>(string.count)});
  }
  line.strings = strings;
  report::write_session_line(session, line, lines_);
}

// The first failure is told, and nothing more is tried.
void Analysis::keep(const session::Session& session) {
  if (store_error_) return;
  Result<void> kept = store_->add_session(session);
  if (kept && sessions_seen_ % kSessionsPerCommit == 0) kept = store_->commit();
  if (!kept) store_error_ = kept.error();
}

report::Analysis Analysis::summarise() {
  report::Analysis analysis;
  analysis.version = kVersion;
  if (source_) {
    for (const capture::InputReport& input : source_->reports()) {
      analysis.inputs.push_back(
          {input.path, input.format, input.packets, input.bytes, input.first, input.last, input.errors});
    }
  }
  for (const logs::InputReport& input : logs_.inputs) {
    analysis.inputs.push_back(
        {input.path, input.format, input.lines, input.bytes, input.first, input.last, input.errors});
  }
  report::set_groups(analysis, judging_.population().groups());
  identity::SecondOpinion second_opinion;
  const finding::Answers answers =
      store_ && !redactor_ ? stored_answers(*store_, first_, last_) : finding::Answers();
  analysis.findings = judging_.findings(&allow_, last_, &second_opinion, &answers);
  if (options_.whois) look_up(analysis.findings, *options_.whois);
  count(analysis);
  return analysis;
}

void Analysis::count(report::Analysis& analysis) const {
  const PipelineCounters& counters = counters_;
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
      {"findings_not_judged_sessions", judging_.collector().sessions_not_judged()},
      {"pattern_matched_sessions", sessions_matched_},
  };
  analysis.counters.insert(analysis.counters.begin(), named.begin(), named.end());
  for (std::size_t i = 0; i < counters.decode.not_decoded.size(); ++i) {
    if (counters.decode.not_decoded[i] == 0) continue;
    analysis.not_decoded.emplace_back(name_of(static_cast<packet::NotDecoded>(i)),
                                      counters.decode.not_decoded[i]);
  }
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
  for (const std::string& sentence : logs_.fields_missing) fmt::print(stderr, "mogura: {}\n", sentence);
  if (store_error_) fmt::print(stderr, "mogura: {}\n", store_error_->message());
  if (stop_requested) fmt::print(stderr, "mogura: interrupted; this is what was read until then\n");
}

Result<void> Analysis::write(const report::Analysis& analysis) {
  if (sessions_) {
    flush_lines();
    if (Result<void> closed = sessions_->close(); !closed) return closed;
  }
  if (json_) {
    json_->write(report::write_json(analysis));
    if (Result<void> closed = json_->close(); !closed) return closed;
  }
  if (Result<void> done = put(analysis); !done) return done;
  const bool stdout_taken = options_.json == "-" || options_.sessions == "-" || options_.html == "-";
  if (stdout_taken || options_.quiet) return {};
  Result<Output> terminal = Output::open("-");
  terminal->write(report::write_terminal(analysis, style()));
  return terminal->close();
}

// Into the database, the pattern folder, and the HTML report.
Result<void> Analysis::put(const report::Analysis& analysis) {
  if (store_) {
    if (store_error_) return tl::unexpected(*store_error_);
    if (Result<void> done = store_->put_analysis(analysis); !done) return done;
    if (Result<void> done = store_->commit(); !done) return done;
    const Result<void> applied = apply_allow_list(*store_, allow_, last_);
    if (!applied) fmt::print(stderr, "mogura: {}\n", applied.error().message());
    store_.reset();  // all of it is then in the one file
  }
  return put_what_was_learnt(analysis);
}

// Into the pattern folder and the HTML report.
Result<void> Analysis::put_what_was_learnt(const report::Analysis& analysis) {
  if (options_.learn.empty() && !html_) return {};
  const std::size_t most = options_.learn.empty() ? kShownCandidates : analysis.findings.size();
  const std::vector<Learnt> learnt =
      learn_patterns(analysis.findings, judging_.collector(), options_.min_repeats, most);
  if (!options_.learn.empty()) {
    const Result<LearningReport> written = write_candidates(learnt, analysis.findings, options_.learn);
    if (!written) return tl::unexpected(written.error());
    if (!options_.quiet) fmt::print(stderr, "{}", written->text);
  }
  return html_ ? html_->write(analysis, learnt, options_.learn) : Result<void>{};
}

}  // namespace

Command declare_analyze(CLI::App& command) {
  auto options = std::make_shared<AnalyzeOptions>();
  declare_analyze_options(command, *options);
  return [options] {
    const std::string contradiction = contradiction_in(*options);
    if (contradiction.empty()) {
      // Never freed: the program ends, and giving a day's memory back piece by piece takes longer than
      // judging it.
      static Analysis* const analysis = new Analysis(*options);
      return analysis->run();
    }
    fmt::print(stderr, "mogura: {}\nTry \"mogura analyze -h\".\n", contradiction);
    return Exit::kUsage;
  };
}

}  // namespace mogura::app
