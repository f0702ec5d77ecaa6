#include <algorithm>
#include <cmath>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "alert/detail/backoff.h"
#include "alert/detail/descriptor.h"
#include "alert/detail/http_post.h"
#include "alert/detail/spool.h"
#include "alert/sink.h"

namespace mogura::alert {
namespace {

using detail::Backoff;
using detail::Clock;
using detail::HttpAnswer;
using detail::HttpPost;
using detail::Spool;

// The alerts in order of age are: those in the spool, then those in memory. The thread works on the oldest.
//
//   send() → memory → (when an attempt has failed, or memory is half full) → spool
//              └──────────────────── oldest → POST ───────────────────────────┘
class WebhookSink : public Sink {
 public:
  WebhookSink(const WebhookOptions& options, std::unique_ptr<HttpPost> post, std::optional<Spool> spool)
      : limit_(std::max<std::size_t>(options.queue, 1)),
        post_(std::move(post)),
        spool_(std::move(spool)),
        backoff_(options.first_pause_s, options.longest_pause_s) {
    if (spool_) {
      counters_.accepted = spool_->waiting() + spool_->damaged();
      counters_.lost = spool_->damaged();
      spooled_ = spool_->waiting();
    }
    thread_ = std::thread([this] { run(); });
  }
  ~WebhookSink() override { end(0); }

  void send(const report::Alert& alert) override {
    std::string line = report::write_alert_line(alert);
    const std::lock_guard lock(mutex_);
    ++counters_.accepted;
    if (is_stopping_ || memory_.size() >= limit_) {
      ++counters_.lost;
      return;
    }
    memory_.push_back(std::move(line));
    post_->wake();
  }

  void stop(double seconds) override { end(seconds); }

  [[nodiscard]] SinkCounters counters() const override {
    const std::lock_guard lock(mutex_);
    SinkCounters counters = counters_;
    counters.queued = memory_.size() + spooled_;
    return counters;
  }
  [[nodiscard]] std::string_view name() const override { return "webhook"; }
  [[nodiscard]] std::string last_error() const override {
    const std::lock_guard lock(mutex_);
    return last_error_;
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void end(double seconds) {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      deadline_ = Clock::now() + Backoff::to_pause(seconds);
    }
    post_->wake();
    thread_.join();
  }

  // --- the thread ---

  void run() {
    detail::block_signals();
    bool knows_end = false;
    for (;;) {
      if (should_spool()) spool_all();
      const auto [is_stopping, has_work, deadline] = look();
      if (is_stopping && !std::exchange(knows_end, true)) next_attempt_ = {};
      const auto now = Clock::now();
      if (is_stopping && (!has_work || now >= deadline)) break;
      if (!post_->is_under_way() && has_work && now >= next_attempt_) begin();
      if (auto answer = post_->wait(pause(is_stopping, has_work, deadline))) settle(*answer);
    }
    post_->cancel();
    give_up();
  }

  struct Look {
    bool is_stopping, has_work;
    Clock::time_point deadline;
  };
  Look look() const {
    const std::lock_guard lock(mutex_);
    return {is_stopping_, !memory_.empty() || spooled_ != 0, deadline_};
  }

  std::chrono::milliseconds pause(bool is_stopping, bool has_work, Clock::time_point deadline) const {
    const auto now = Clock::now();
    auto until = now + std::chrono::hours(1);
    if (!post_->is_under_way() && has_work) until = std::min(until, next_attempt_);
    if (is_stopping) until = std::min(until, deadline);
    return std::chrono::ceil<std::chrono::milliseconds>(std::max(until - now, Clock::duration(0)));
  }

  // After a failure everything goes where a crash cannot reach it.
  bool should_spool() const {
    if (!spool_) return false;
    const std::lock_guard lock(mutex_);
    return !memory_.empty() && (has_failed_ || memory_.size() * 2 >= limit_);
  }

  void spool_all() {
    for (;;) {
      const std::string* line = nullptr;
      {
        const std::lock_guard lock(mutex_);
        if (memory_.empty()) return;
        line = &memory_.front();  // send() only adds at the end
      }
      const auto written = spool_->append(*line);
      const std::lock_guard lock(mutex_);
      if (!written) {
        last_error_ = written.error().message();
        return;
      }
      memory_.pop_front();
      spooled_ = spool_->waiting();
    }
  }

  void begin() {
    if (spool_ && spool_->waiting() != 0) {
      auto line = spool_->front();
      if (line && *line) return post_->begin(**line);
      return fail(line ? "the spool is empty" : line.error().message(), {});
    }
    Lock lock(mutex_);
    const std::string& line = memory_.front();
    lock.unlock();
    post_->begin(line);
  }

  void settle(const HttpAnswer& answer) {
    const bool is_bad =
        answer.status == 400 || answer.status == 413 || answer.status == 415 || answer.status == 422;
    refusals_ = is_bad ? refusals_ + 1 : 0;
    if (answer.status >= 200 && answer.status < 300) {
      take_oldest(counters_.delivered);
      backoff_.succeed();
      next_attempt_ = {};
      has_failed_ = false;
    } else if (refusals_ >= kRefusals) {
      refusals_ = 0;
      take_oldest(counters_.lost);
    } else {
      fail(post_->place() + ": " +
               (answer.status != 0 ? "answered " + std::to_string(answer.status) : answer.error),
           answer.retry_after);
    }
  }

  void take_oldest(std::uint64_t& counter) {
    const bool is_spooled = spool_ && spool_->waiting() != 0;
    const auto popped = is_spooled ? spool_->pop_front() : Result<void>{};
    const std::lock_guard lock(mutex_);
    ++counter;
    if (is_spooled) {
      spooled_ = spool_->waiting();
    } else {
      memory_.pop_front();
    }
    last_error_ = popped ? std::string() : popped.error().message();
  }

  void fail(std::string error, std::chrono::seconds retry_after) {
    has_failed_ = true;
    const auto asked = Backoff::to_pause(
        std::min(static_cast<double>(std::max<std::int64_t>(retry_after.count(), 0)), kLongestRetryAfterS));
    Backoff::Pause pause = std::max(backoff_.fail(), asked);
    const std::lock_guard lock(mutex_);
    if (is_stopping_) pause = std::min<Backoff::Pause>(pause, detail::kPauseAtEnd);
    next_attempt_ = Clock::now() + pause;
    ++counters_.retries;
    last_error_ = std::move(error);
  }

  void give_up() {
    if (spool_) spool_all();
    const std::lock_guard lock(mutex_);
    counters_.lost += memory_.size();
    memory_.clear();
  }

  const std::size_t limit_;
  // Of the thread, but for post_->wake():
  std::unique_ptr<HttpPost> post_;
  std::optional<Spool> spool_;
  Backoff backoff_;
  Clock::time_point next_attempt_{};
  unsigned refusals_ = 0;
  bool has_failed_ = false;  // the last attempt did

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::deque<std::string> memory_;
  std::uint64_t spooled_ = 0;
  SinkCounters counters_;
  std::string last_error_;
  bool is_stopping_ = false;
  Clock::time_point deadline_{};

  std::thread thread_;  // last: begins when all else is there
};

}  // namespace

Result<std::unique_ptr<Sink>> make_webhook_sink(const WebhookOptions& options) {
  auto post = HttpPost::make({options.url, options.ca_file, options.timeout_s});
  if (!post) return tl::unexpected(post.error());
  std::optional<Spool> spool;
  if (!options.spool.empty()) {
    auto opened = Spool::open(options.spool, options.spool_bytes);
    if (!opened) return tl::unexpected(opened.error());
    spool = *std::move(opened);
  }
  return std::make_unique<WebhookSink>(options, *std::move(post), std::move(spool));
}

}  // namespace mogura::alert
