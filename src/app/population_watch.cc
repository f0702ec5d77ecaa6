#include "app/population_watch.h"

#include "identity/second_opinion.h"

namespace mogura::app {

void PopulationWatch::start() {
  if (!options_.waits) thread_ = std::thread([this] { run(); });
}

void PopulationWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wanted_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void PopulationWatch::set_allowed(std::shared_ptr<const finding::AllowList> allowed) {
  const std::lock_guard lock(mutex_);
  allowed_ = std::move(allowed);
}

// A clock that jumps does not bring more than one judgement.
void PopulationWatch::advance(Timestamp now) {
  if (now == Timestamp{}) return;  // no packet yet
  if (next_ && now < *next_ && *next_ - now <= options_.interval) return;
  const bool is_first = !next_.has_value();
  next_ = now + options_.interval;
  if (is_first) return;
  if (options_.waits) {
    judge(now);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    due_ = now;
  }
  wanted_.notify_one();
}

void PopulationWatch::finish(Timestamp now) {
  stop();
  judge(now);
}

void PopulationWatch::run() {
  for (;;) {
    Timestamp now;
    {
      std::unique_lock lock(mutex_);
      wanted_.wait(lock, [this] { return is_stopping_ || due_; });
      if (is_stopping_) return;
      now = *due_;
      due_.reset();
    }
    judge(now);
  }
}

void PopulationWatch::judge(Timestamp now) {
  std::shared_ptr<const finding::AllowList> allowed;
  {
    const std::lock_guard lock(mutex_);
    allowed = allowed_;
  }
  identity::SecondOpinion second_opinion;
  const finding::Answers answers = options_.answers ? options_.answers(now) : finding::Answers();
  const std::vector<finding::Finding> findings =
      window_.evaluate(now, allowed.get(), &second_opinion, &answers);
  on_judged_(findings, *window_.evaluated(), now);
}

}  // namespace mogura::app
