#include "app/proxy_sessions.h"

#include <fmt/format.h>

#include "app/clock.h"
#include "app/version.h"
#include "finding/whom_to_ask.h"
#include "logs/session_line.h"
#include "report/analysis.h"

namespace mogura::app {
namespace {

constexpr std::chrono::seconds kWindow{86'400};
constexpr std::chrono::milliseconds kTakeEvery{200};

PopulationWatchOptions population_options(std::chrono::seconds refresh, AnswerBook& answers) {
  PopulationWatchOptions options;
  options.window = kWindow;
  options.interval = refresh;
  options.answers = [&answers](Timestamp now) { return answers.at(now); };
  return options;
}

}  // namespace

ProxySessions::ProxySessions(store::Store store, std::chrono::seconds keep,
                             std::unique_ptr<const session::Redactor> redactor, Prefilter prefilter)
    : redactor_(std::move(redactor)),
      prefilter_(std::move(prefilter)),
      writer_(std::move(store), StoreWriterOptions{.waits = false, .keep = keep}),
      answers_(redactor_.get(), kWindow),
      population_(population_options(prefilter_.refresh, answers_),
                  [this](const std::vector<finding::Finding>& findings, const Judging& judging,
                         Timestamp now) { put(findings, judging, now); }),
      verdicts_(redactor_.get()) {}

void ProxySessions::start() {
  // No event has come yet.
  if (auto answers = writer_.read_answers()) answers_.restore(std::move(*answers));
  writer_.start();
  population_.start();
  thread_ = std::thread([this] { run(); });
}

void ProxySessions::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  filled_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  population_.finish(clock_now());
  population_.stop();
  writer_.stop();
}

void ProxySessions::add(const session::Session& session) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kQueued) {
    ++lost_;
    return;
  }
  queue_.push_back(session);
}

void ProxySessions::add(const proxy::Event& event) {
  if (event.verdict != nullptr && event.verdict->verdict != challenge::Verdict::kExempt) {
    prefilter_.board->note(event.user_agent, event.host, event.verdict->score >= finding::kLookAt);
  }
  verdicts_.add(event);
  answers_.add(event);
}

void ProxySessions::restore() {
  const Timestamp now = clock_now();
  logs::SessionLineParser parser;
  session::Session session;
  const Result<void> read = writer_.read_sessions(now - kWindow, now, [&](std::string_view line) {
    if (parser.parse(line, session)) population_.add(session, {});
  });
  if (!read) fmt::print(stderr, "mogura: {}\n", read.error().message());
}

void ProxySessions::run() {
  if (prefilter_.sees_sessions) restore();
  std::vector<session::Session> taken;
  for (bool is_last = false; !is_last;) {
    {
      std::unique_lock lock(mutex_);
      filled_.wait_for(lock, kTakeEvery, [this] { return is_stopping_; });
      is_last = is_stopping_;
      taken.swap(queue_);
    }
    for (session::Session& session : taken) {
      if (redactor_) redactor_->redact(session);
      writer_.add(session);
      population_.add(session, {});
    }
    taken.clear();
    verdicts_.write(writer_);
    population_.advance(clock_now());
  }
}

void ProxySessions::put(const std::vector<finding::Finding>& findings, const Judging& judging,
                        Timestamp now) {
  if (prefilter_.sees_sessions) {
    report::Analysis analysis;
    analysis.version = kVersion;
    report::set_groups(analysis, judging.population().groups());
    analysis.findings = findings;
    writer_.put_analysis(analysis, now);
  } else {
    writer_.put_findings_without_sessions(findings, now);
  }
  writer_.put_answers(answers_.at(now));
  prefilter_.board->refresh(finding::whom_to_ask(findings, judging.population().groups().breakdown().total >=
                                                               prefilter_.least_sessions),
                            now);
}

}  // namespace mogura::app
