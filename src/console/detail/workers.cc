#include "console/detail/workers.h"

#include <algorithm>

#include "console/detail/moment.h"
#include "console/detail/quiet_thread.h"

namespace mogura::console::detail {
namespace {

Result<std::unique_ptr<Bench>> open_bench(const Options& options, const Surroundings& surroundings) {
  Result<std::unique_ptr<report::Archive>> archive = surroundings.open_archive();
  if (!archive) return tl::unexpected(std::move(archive.error()));
  report::Archive& opened = **archive;
  // Made in place: an Api need not be movable.
  return std::unique_ptr<Bench>(new Bench{std::move(*archive), Api({.archive = opened,
                                                                    .workshop = *surroundings.workshop,
                                                                    .now = wall_clock,
                                                                    .version = surroundings.version,
                                                                    .is_read_only = options.is_read_only})});
}

}  // namespace

Workers::~Workers() {
  stop();
}

Result<void> Workers::open(const Options& options, const Surroundings& surroundings) {
  const std::array<unsigned, kLanes> counts{options.threads, kSlowThreads, kLoginThreads};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (unsigned i = 0; i < counts[lane]; ++i) {
      Result<std::unique_ptr<Bench>> bench = open_bench(options, surroundings);
      if (!bench) return tl::unexpected(std::move(bench.error()));
      threads_.push_back({static_cast<Lane>(lane), std::move(*bench)});
    }
  }
  return {};
}

void Workers::start() {
  for (Thread& each : threads_) {
    Queue& queue = queues_[static_cast<std::size_t>(each.lane)];
    each.thread = quiet_thread([this, &queue, &bench = *each.bench] { run(queue, bench); });
  }
}

void Workers::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    for (Queue& queue : queues_) queue.waiting.clear();
  }
  for (Queue& queue : queues_) queue.has_work.notify_all();
  for (Thread& each : threads_) {
    if (each.thread.joinable()) each.thread.join();
  }
}

bool Workers::submit(Lane lane, Job job) {
  Queue& queue = queues_[static_cast<std::size_t>(lane)];
  {
    const std::scoped_lock lock(mutex_);
    if (is_stopping_ || queue.waiting.size() >= (lane == Lane::kLogin ? std::min(jobs_, kLogins) : jobs_))
      return false;
    queue.waiting.push_back(std::move(job));
  }
  queue.has_work.notify_one();
  return true;
}

void Workers::run(Queue& queue, Bench& bench) {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      queue.has_work.wait(lock, [&] { return is_stopping_ || !queue.waiting.empty(); });
      if (is_stopping_) return;
      job = std::move(queue.waiting.front());
      queue.waiting.pop_front();
    }
    job(bench);
  }
}

}  // namespace mogura::console::detail
