#include "alert/detail/delivery.h"

#include <algorithm>
#include <utility>

namespace mogura::alert::detail {
namespace {

// Acknowledgments come unannounced; they are looked for quickly at first, then more rarely.
constexpr std::chrono::milliseconds kFirstLook{5};
constexpr std::chrono::milliseconds kRarestLook{1000};

}  // namespace

Delivery::Delivery(std::unique_ptr<Carrier> carrier, std::size_t queue, Backoff backoff)
    : carrier_(std::move(carrier)), limit_(std::max<std::size_t>(queue, 1)), backoff_(backoff) {
  thread_ = std::thread([this] { run(); });
}

Delivery::~Delivery() {
  stop(0);
}

void Delivery::send(std::string text) {
  const std::lock_guard lock(mutex_);
  ++counters_.accepted;
  if (is_stopping_ || queue_.size() >= limit_) {
    ++counters_.lost;
    return;
  }
  queue_.push_back(std::move(text));
  changed_.notify_all();
}

void Delivery::reopen() {
  const std::lock_guard lock(mutex_);
  wants_reopen_ = true;
  changed_.notify_all();
}

SinkCounters Delivery::counters() const {
  const std::lock_guard lock(mutex_);
  SinkCounters counters = counters_;
  counters.queued = queue_.size();
  return counters;
}

std::string Delivery::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

void Delivery::stop(double seconds) {
  if (!thread_.joinable()) return;
  {
    Lock lock(mutex_);
    is_stopping_ = true;
    next_attempt_ = {};
    changed_.notify_all();
    ended_.wait_for(lock, Backoff::to_pause(seconds), [this] { return has_ended_; });
    is_over_ = true;
    changed_.notify_all();
  }
  bell_.ring();
  thread_.join();
  const std::lock_guard lock(mutex_);
  counters_.lost += queue_.size();
  queue_.clear();
}

void Delivery::run() {
  block_signals();
  Lock lock(mutex_);
  while (!is_finished()) step(lock);
  has_ended_ = true;
  ended_.notify_all();
  lock.unlock();
  // Here, where signals are blocked: to say goodbye is to write.
  carrier_.reset();
}

bool Delivery::is_finished() const {
  return is_over_ || (is_stopping_ && queue_.empty());
}

void Delivery::step(Lock& lock) {
  if (std::exchange(wants_reopen_, false)) {
    lock.unlock();
    carrier_->reopen();
    lock.lock();
  } else if (sent_ < queue_.size() && Clock::now() >= next_attempt_) {
    attempt_next(lock);
  } else {
    wait_for_news(lock);
  }
}

void Delivery::attempt_next(Lock& lock) {
  // send() only adds at the end of a deque, so this stays where it is.
  const std::string& text = queue_[sent_];
  lock.unlock();
  const Attempt attempt = carrier_->attempt(text, bell_);
  const Confirmation confirmation = carrier_->confirm();
  std::string error = carrier_->error();
  lock.lock();
  settle(attempt, confirmation, std::move(error));
}

void Delivery::settle(Attempt attempt, const Confirmation& confirmation, std::string error) {
  // Those sent before stand in front of it.
  std::size_t arrived = confirmation.arrived;
  switch (attempt) {
    case Attempt::kDelivered:
      ++arrived;
      ++sent_;
      break;
    case Attempt::kSent:
      ++sent_;
      look_again_ = kFirstLook;
      break;
    case Attempt::kAgain:
      break;
    case Attempt::kRefused:
      queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(sent_));
      ++counters_.lost;
      last_error_ = error;
      break;
  }
  take_front(arrived);
  if (attempt == Attempt::kAgain || confirmation.is_broken) fail(std::move(error));
}

void Delivery::take_front(std::size_t count) {
  if (count == 0) return;
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
  sent_ -= count;
  counters_.delivered += count;
  backoff_.succeed();
  last_error_.clear();
}

void Delivery::fail(std::string error) {
  counters_.retries += std::max<std::size_t>(sent_, 1);
  sent_ = 0;
  const Backoff::Pause pause = backoff_.fail();
  next_attempt_ = Clock::now() + (is_stopping_ ? std::min<Backoff::Pause>(pause, kPauseAtEnd) : pause);
  last_error_ = std::move(error);
}

void Delivery::wait_for_news(Lock& lock) {
  const auto until_attempt = [&] { return sent_ < queue_.size() ? next_attempt_ : Clock::time_point::max(); };
  const std::size_t known = queue_.size();
  const bool was_stopping = is_stopping_;
  const auto has_news = [&] {
    return wants_reopen_ || is_over_ || is_stopping_ != was_stopping ||
           (queue_.size() != known && Clock::now() >= next_attempt_);
  };
  Clock::time_point until = until_attempt();
  if (sent_ != 0) until = std::min(until, Clock::now() + look_again_);
  if (until == Clock::time_point::max()) {
    changed_.wait(lock, has_news);
    return;
  }
  if (changed_.wait_until(lock, until, has_news) || sent_ == 0) return;
  look_again_ = std::min<Clock::duration>(look_again_ * 2, kRarestLook);
  lock.unlock();
  const Confirmation confirmation = carrier_->confirm();
  std::string error = carrier_->error();
  lock.lock();
  take_front(confirmation.arrived);
  if (confirmation.is_broken && sent_ != 0) fail(std::move(error));
}

}  // namespace mogura::alert::detail
