#include "service/line_file.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "service/line_output.h"
#include "service/signals_held.h"

namespace mogura::service {
namespace {

using Clock = std::chrono::steady_clock;
using Lock = std::unique_lock<std::mutex>;
using std::chrono::milliseconds;

constexpr milliseconds kDelay{200};                        // at most, from write() to the file
constexpr std::size_t kHurryBytes = std::size_t{1} << 18;  // so much is written at once
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;   // of an empty buffer's memory
constexpr milliseconds kStopPatience{2000};                // of stop(), with a reader that reads nothing

std::size_t lines_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

// Two buffers: `waiting` is filled by the writers, `going` is written out by the thread, without the lock.
struct LineFile::Impl {
  explicit Impl(const std::string& path) : output(path) {}

  void run();
  void wait_for_work(Lock& lock);
  void write_out(Lock& lock);
  void give_up();
  [[nodiscard]] bool is_all_written() const { return waiting.empty() && held == 0; }

  // The thread's alone:
  LineOutput output;
  std::string going;
  std::string_view rest;  // of `going`
  LineOutput::State state = LineOutput::State::kDone;

  mutable std::mutex mutex;
  std::condition_variable has_work;
  // Guarded by mutex:
  std::string waiting;
  std::size_t held = 0;  // bytes of `going` that are not written
  LineFileCounters counters;
  bool wants_reopen = false, is_stopping = false, is_over = false;
  Clock::time_point stop_by;

  std::thread thread;
};

Result<std::unique_ptr<LineFile>> LineFile::open(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  if (auto opened = impl->output.open(); !opened) return tl::unexpected(opened.error());
  const SignalsHeld held;
  try {
    impl->thread = std::thread([raw = impl.get()] { raw->run(); });
  } catch (const std::exception& problem) {
    return fail(ErrorCode::kIo, path, problem.what());
  }
  return std::unique_ptr<LineFile>(new LineFile(std::move(impl)));
}

LineFile::LineFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LineFile::~LineFile() {
  stop();
}

void LineFile::write(std::string_view line) {
  const Lock lock(impl_->mutex);
  ++impl_->counters.lines;
  const std::size_t before = impl_->waiting.size();
  if (impl_->is_over || before + impl_->held + line.size() > kBufferBytes) {
    ++impl_->counters.lost;
    return;
  }
  impl_->waiting += line;
  const std::size_t after = impl_->waiting.size();
  if (before == 0 || (before < kHurryBytes && after >= kHurryBytes)) impl_->has_work.notify_one();
}

void LineFile::reopen() {
  const Lock lock(impl_->mutex);
  impl_->wants_reopen = true;
  impl_->has_work.notify_one();
}

void LineFile::stop() {
  {
    const Lock lock(impl_->mutex);
    if (!impl_->is_stopping) impl_->stop_by = Clock::now() + kStopPatience;
    impl_->is_stopping = true;
    impl_->has_work.notify_one();
  }
  if (impl_->thread.joinable()) impl_->thread.join();
}

LineFileCounters LineFile::counters() const {
  const Lock lock(impl_->mutex);
  return impl_->counters;
}

void LineFile::Impl::run() {
  Lock lock(mutex);
  while (true) {
    wait_for_work(lock);
    const bool is_last = is_stopping;
    write_out(lock);
    if (!is_last) continue;
    if (is_all_written()) break;
    if (state == LineOutput::State::kUnread || state == LineOutput::State::kFailed ||
        Clock::now() >= stop_by) {
      give_up();
      break;
    }
  }
  is_over = true;
}

// Sleeps while there is nothing to write, and then until it is worth it.
void LineFile::Impl::wait_for_work(Lock& lock) {
  const auto is_urgent = [this] { return is_stopping || wants_reopen; };
  has_work.wait(lock, [&] { return is_urgent() || !is_all_written(); });
  const bool is_stuck = state != LineOutput::State::kDone;
  if (is_stuck && is_stopping) {
    has_work.wait_for(lock, kDelay / 10);
    return;
  }
  has_work.wait_for(lock, kDelay,
                    [&] { return is_urgent() || (!is_stuck && waiting.size() >= kHurryBytes); });
}

void LineFile::Impl::write_out(Lock& lock) {
  const bool reopens = std::exchange(wants_reopen, false);
  if (rest.empty()) {
    going.clear();
    if (going.capacity() > kKeptBytes) going.shrink_to_fit();
    going.swap(waiting);
    rest = going;
    held = rest.size();
  }
  lock.unlock();
  std::size_t lost = 0;
  // What was written before the file was renamed belongs into the old one.
  state = rest.empty() ? LineOutput::State::kDone : output.write(rest, kDelay, lost);
  if (reopens) output.reopen();
  lock.lock();
  held = rest.size();
  counters.lost += lost;
  if (state == LineOutput::State::kFailed) ++counters.failed_writes;
}

void LineFile::Impl::give_up() {
  counters.lost += lines_in(rest) + lines_in(waiting);
  rest = {};
  held = 0;
  waiting.clear();
}

}  // namespace mogura::service
