#include "app/watcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

#include "app/allow_file.h"
#include "app/clock.h"
#include "app/pattern_folder.h"
#include "app/privileges.h"
#include "app/sensor.h"
#include "app/watch_sinks.h"
#include "logs/log_source.h"

namespace mogura::app {
namespace {

// The main thread looks around at least this often.
constexpr std::chrono::milliseconds kLookAround{500};
// For each sink, at the end.
constexpr double kDeliverySeconds = 5;

void note(std::string_view text) {
  fmt::print(stderr, "mogura: {}\n", text);
}

bool reads_pipe(const std::vector<std::string>& files) {
  return std::any_of(files.begin(), files.end(), [](const std::string& file) {
    std::error_code ignored;
    return file == "-" || std::filesystem::is_fifo(file, ignored);
  });
}

void interrupt_reading_of_stdin(std::thread& reader) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) return;
  dup2(nothing, STDIN_FILENO);
  close(nothing);
  pthread_kill(reader.native_handle(), Signals::kInterrupt);
}

}  // namespace

Watcher::~Watcher() {
  stop_ = true;
  if (data_.joinable()) data_.join();
}

Exit Watcher::run() {
  if (const Result<void> ready = prepare(); !ready) {
    note(ready.error().message());
    const ErrorCode code = ready.error().code;
    return code == ErrorCode::kUsage || code == ErrorCode::kFormat ? Exit::kUsage : Exit::kFailure;
  }
  if (store_) store_->start();
  stage_->start();
  data_ = std::thread([this, main = pthread_self()] {
    run_data();
    is_done_ = true;
    pthread_kill(main, Signals::kWake);
  });
  supervise();
  return finish();
}

// --- before ---

Result<void> Watcher::prepare() {
  for (const std::string& proxy : options_.proxies) proxies_.push_back(*Address::parse(proxy));
  auto redactor = make_redactor(options_.privacy);
  if (!redactor) return tl::unexpected(redactor.error());
  redactor_ = std::move(*redactor);
  if (!options_.quiet) warn_of_new_names(options_.privacy, options_.database);
  Result<Matcher> matcher = load_patterns();
  if (!matcher) return tl::unexpected(matcher.error());
  patterns_ = (*matcher)->patterns().size();
  Result<Allowed> allowed = load_allowed();
  if (!allowed) return tl::unexpected(allowed.error());
  if (Result<void> opened = open_stats(); !opened) return opened;
  Result<std::vector<std::unique_ptr<alert::Sink>>> sinks = open_sinks(options_);
  if (!sinks) return tl::unexpected(sinks.error());
  if (Result<void> opened = open_store(); !opened) return opened;
  alerting_ = std::make_unique<Alerting>(std::move(*sinks), memory());

  WatchStageOptions stage;
  stage.proxies = proxies_;
  stage.redactor = redactor_.get();
  stage.population.judging.limits.connections = options_.max_connections;
  stage.population.judging.min_exchanges = options_.min_exchanges;
  stage.population.window = options_.window;
  stage.population.interval = options_.analysis_interval;
  stage.population.waits = !options_.is_live();
  stage_ = std::make_unique<WatchStage>(stage, std::move(*matcher), *alerting_, store_.get());
  set_allowed(*allowed);
  if (options_.is_live() && store_) restore_window();
  if (Result<void> opened = open_source(); !opened) return opened;
  return settle();
}

Result<void> Watcher::open_source() {
  if (!options_.is_live()) {
    source_ = capture::open(options_.files);
    return {};
  }
  capture::LiveOptions live;
  live.interface = options_.interface;
  live.filter = options_.bpf;
  live.rings = options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
  live.ring_bytes = std::size_t{options_.ring_megabytes} << 20;
  live.promiscuous = !options_.not_promiscuous;
  live.force_libpcap = options_.use_libpcap;
  auto rings = capture::open_live(live);
  if (!rings) return tl::unexpected(rings.error());
  rings_ = std::move(*rings);
  if (!options_.quiet) {
    note(fmt::format("watching {} with {} {}", live.interface, rings_.size(),
                     rings_.size() == 1 ? "ring" : "rings"));
  }
  return {};
}

Result<void> Watcher::open_store() {
  if (options_.database.empty()) return {};
  Result<store::Store> opened = store::Store::open(options_.database);
  if (!opened) return tl::unexpected(opened.error());
  const StoreWriterOptions writer{!options_.is_live(), options_.keep};
  store_ = std::make_unique<StoreWriter>(std::move(*opened), writer);
  sensor_ =
      make_sensor("watch", options_.is_live() ? options_.interface : options_.files.front(), clock_now());
  return {};
}

// A file that is read once more, after a crash, has sessions that were alerted before. Those on the wire are
// always new, and need not wait for the database.
Alerting::Memory Watcher::memory() {
  if (!store_) return {};
  Alerting::Memory memory;
  memory.keep = [this](const report::Alert& alert) { store_->add(alert); };
  if (!options_.is_live()) memory.is_known = [this](const std::string& id) { return store_->has_alert(id); };
  return memory;
}

Result<void> Watcher::open_stats() {
  if (options_.stats.empty()) return {};
  stats_.reset(std::fopen(options_.stats.c_str(), "ae"));
  if (!stats_) return fail(ErrorCode::kIo, options_.stats, std::strerror(errno));
  return {};
}

Result<Watcher::Matcher> Watcher::load_patterns() const {
  std::vector<pattern::Pattern> patterns;
  if (!options_.patterns.empty()) {
    Result<std::vector<pattern::Pattern>> read = read_pattern_folder(options_.patterns);
    if (!read) return tl::unexpected(read.error());
    patterns = std::move(*read);
  }
  Result<pattern::Matcher> made = pattern::Matcher::make(std::move(patterns));
  if (!made) return tl::unexpected(made.error());
  return std::make_shared<const pattern::Matcher>(std::move(*made));
}

Result<Watcher::Allowed> Watcher::load_allowed() const {
  if (options_.allow.empty()) return Allowed();
  Result<finding::AllowList> list = read_allow_file(options_.allow);
  if (!list) return tl::unexpected(list.error());
  warn_of_networks(options_.privacy, *list, options_.allow);
  return std::make_shared<const finding::AllowList>(std::move(*list));
}

void Watcher::set_allowed(const Allowed& allowed) {
  stage_->set_allowed(allowed);
  if (store_) store_->set_allowed(allowed, clock_now());
}

// What an earlier run saw within the window, so that a restart does not begin without a population.
void Watcher::restore_window() {
  const Timestamp now = clock_now();
  session::Session session;
  const Result<void> read = store_->read_sessions(now - options_.window, now, [&](std::string_view line) {
    if (logs::parse_session_line(line, session)) stage_->restore(session);
  });
  if (!read) note(read.error().message());
}

// --- on the data thread ---

void Watcher::run_data() {
  try {
    options_.is_live() ? watch_interface() : watch_files();
    stage_->finish();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

// While a pipe is silent, so is the thread that waits for it; all that came before must then have been dealt
// with, which only one thread does.
PipelineOptions Watcher::pipeline_options() {
  PipelineOptions pipeline;
  pipeline.threads =
      options_.threads != 0 ? options_.threads : std::max(1u, std::thread::hardware_concurrency());
  if (reads_pipe(options_.files)) pipeline.threads = 1;
  pipeline.limits.connections = options_.max_connections;
  pipeline.seed = std::random_device{}();
  pipeline.proxies = proxies_;
  pipeline.stop = &stop_;
  pipeline.on_advance = [this](Timestamp now) { stage_->advance(now); };
  if (!options_.patterns.empty()) {
    pipeline.observer = [this](unsigned) { return stage_->add_observer(); };
  }
  return pipeline;
}

void Watcher::take(const session::Session& session) {
  stage_->take(session);
  sessions_.fetch_add(1, std::memory_order_relaxed);
}

void Watcher::show(const LiveCountersNow& now) {
  const std::lock_guard lock(mutex_);
  now_ = now;
}

void Watcher::watch_interface() {
  LiveHooks hooks;
  hooks.on_session = [this](const session::Session& session) { take(session); };
  hooks.on_tick = [this](const LiveCountersNow& now) { show(now); };
  const PipelineOptions pipeline = pipeline_options();
  show(run_live_pipeline(std::move(rings_), pipeline, hooks));
}

void Watcher::watch_files() {
  LiveCountersNow now;
  const auto on_progress = [this, &now] {
    now.capture.packets = 0;
    for (const capture::InputReport& input : source_->reports()) now.capture.packets += input.packets;
    show(now);
  };
  const PipelineOptions pipeline = pipeline_options();
  now.pipeline = run_pipeline(
      *source_, pipeline, [this](const session::Session& session) { take(session); }, on_progress);
  on_progress();
}

// --- meanwhile, on the main thread ---

void Watcher::supervise() {
  auto next_counters = Clock::now() + options_.stats_interval;
  auto next_telling = Clock::now();
  while (!is_done_) {
    if (const int signal = signals_.wait(kLookAround); signal != 0) on_signal(signal);
    check_stdout();
    if (Clock::now() >= next_telling) {
      tell_sensor(false);
      next_telling = Clock::now() + kTellEvery;
    }
    if (options_.stats_interval.count() == 0 || Clock::now() < next_counters) continue;
    write_counters(false);
    next_counters += options_.stats_interval;
  }
  data_.join();
}

void Watcher::on_signal(int signal) {
  if (signal == SIGHUP) reload();
  if (signal == SIGTERM || signal == SIGINT) request_stop();
}

// The second time, it is meant.
void Watcher::request_stop() {
  if (stop_.exchange(true)) {
    note("stopped at once; what was not delivered is lost");
    std::_Exit(static_cast<int>(Exit::kFailure));
  }
  const bool reads_stdin =
      std::find(options_.files.begin(), options_.files.end(), "-") != options_.files.end();
  if (reads_stdin) interrupt_reading_of_stdin(data_);
}

// What is good of the two is taken over; the data path meanwhile goes on with what it has.
void Watcher::reload() {
  alerting_->reopen();
  if (!options_.stats.empty()) {
    if (Result<void> opened = open_stats(); !opened) note(opened.error().message());
  }
  Result<Matcher> matcher = load_patterns();
  Result<Allowed> allowed = load_allowed();
  for (const Error* error : {matcher ? nullptr : &matcher.error(), allowed ? nullptr : &allowed.error()}) {
    if (error != nullptr) note(error->message() + "; what was loaded before stays");
  }
  ++(matcher && allowed ? reloads_ : failed_reloads_);
  if (matcher) {
    patterns_ = (*matcher)->patterns().size();
    stage_->publish(std::move(*matcher));
  }
  if (allowed) set_allowed(*allowed);
}

// Whoever read our standard output may have gone. With nobody else to tell, there is no reason to go on.
void Watcher::check_stdout() {
  if (options_.alerts != "-" || is_stdout_gone_) return;
  pollfd output{STDOUT_FILENO, 0, 0};
  if (poll(&output, 1, 0) <= 0 || (output.revents & (POLLERR | POLLHUP)) == 0) return;
  is_stdout_gone_ = true;
  const bool has_others = alerting_->sinks().size() > 1 || store_ != nullptr;
  note(has_others ? "nobody reads the alerts on standard output any more"
                  : "nobody reads the alerts any more; stopping");
  if (!has_others && !stop_) request_stop();
}

WatchCounters Watcher::collect_counters() {
  WatchCounters counters;
  counters.time = clock_now();
  {
    const std::lock_guard lock(mutex_);
    counters.now = now_;
  }
  counters.sessions = sessions_;
  counters.pattern_alerts = alerting_->pattern_alerts();
  counters.finding_alerts = alerting_->finding_alerts();
  counters.known_alerts = alerting_->known_alerts();
  counters.patterns = patterns_;
  counters.reloads = reloads_;
  counters.failed_reloads = failed_reloads_;
  for (const auto& sink : alerting_->sinks()) {
    counters.sinks.push_back({std::string(sink->name()), sink->counters(), sink->last_error()});
  }
  if (store_) counters.store = store_->counters();
  return counters;
}

void Watcher::write_counters(bool is_last) {
  if (options_.quiet && !stats_) return;
  WatchCounters counters = collect_counters();
  counters.is_last = is_last;
  std::FILE* const file = stats_ ? stats_.get() : stderr;
  std::fputs(write_counters_line(counters).c_str(), file);
  std::fflush(file);
}

void Watcher::tell_sensor(bool has_ended) {
  if (!store_) return;
  sensor_.seen = clock_now();
  sensor_.has_ended = has_ended;
  sensor_.counters = sensor_counters(collect_counters());
  store_->put(sensor_);
}

// --- after ---

Exit Watcher::finish() {
  if (failure_) std::rethrow_exception(failure_);
  alerting_->stop(kDeliverySeconds);
  tell_sensor(true);
  if (store_) store_->stop();
  write_counters(true);
  return status();
}

Exit Watcher::status() const {
  if (now_.is_interface_gone) {
    note(options_.interface + ": the network interface is gone");
    return Exit::kFailure;
  }
  if (is_stdout_gone_) return Exit::kFailure;
  if (!source_) return Exit::kDone;
  bool is_damaged = false;
  for (const capture::InputReport& input : source_->reports()) {
    for (const Error& error : input.errors) note(error.message());
    is_damaged = is_damaged || !input.errors.empty();
  }
  return is_damaged ? Exit::kInput : Exit::kDone;
}

}  // namespace mogura::app
