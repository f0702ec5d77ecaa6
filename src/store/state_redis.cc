#include "store/state_redis.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "store/detail/compare_and_set.h"
#include "store/detail/late_returns.h"
#include "store/detail/redis_link.h"
#include "store/detail/redis_url.h"
#include "store/detail/wall_clock.h"

namespace mogura::store {
namespace {

using challenge::Input;
using challenge::Outcome;
using challenge::StateKey;
using challenge::StateStoreCounters;
using detail::CallEnd;
using detail::CompareAndSet;
using detail::RedisLink;
using detail::StateCall;
using detail::SteadyTime;
using std::chrono::steady_clock;
using Lock = std::lock_guard<std::mutex>;

// Signals are for other threads; without SIGPIPE, writing to a connection that is gone is an error like
// others.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

class Waker {
 public:
  Waker() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Waker() { ::close(descriptor_); }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;
  [[nodiscard]] int descriptor() const { return descriptor_; }
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
  }
  void settle() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(descriptor_, &count, sizeof count);
  }

 private:
  int descriptor_;
};

//   update() ─► queue_ ─► thread: calls_ ─► link_ ─► server
//                           later() ◄── calls_ ◄──────┘
//
// What the link is doing, and what update() therefore says:
//
//   none (pausing) ─► connecting, greeting ─► up, answering ─► up, slow (a deadline was missed)
//   unavailable       unavailable             later ▲            unavailable
//                                                   └── reply ───┘
class StateRedis : public challenge::StateStore {
 public:
  StateRedis(const StateRedisOptions& options, detail::RedisUrl url);
  ~StateRedis() override {
    stop();
    explicit_bzero(url_.password.data(), url_.password.size());
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }
  [[nodiscard]] bool is_sound() const { return waker_.descriptor() >= 0; }

  Answer update(const StateKey& key, const Input& input, Later later) override;
  [[nodiscard]] StateStoreCounters counters() const override;
  [[nodiscard]] std::string last_error() const override {
    const Lock lock(mutex_);
    return last_error_;
  }
  void stop() override;

 private:
  Answer refuse(const StateKey& key, const Input& input);
  bool enqueue(StateCall call);

  // --- the thread ---
  void run();
  void wait();
  void step();
  [[nodiscard]] bool is_up() const { return link_ && link_->state() == RedisLink::State::kUp; }
  [[nodiscard]] std::optional<SteadyTime> patience() const;
  bool take_queue();
  void attempt();
  void on_up();
  void on_lost(const std::string& why);
  void on_reply(const detail::RedisReply& reply);
  void on_end(StateCall& call, CallEnd end, const Outcome* outcome);
  void on_refusal(const std::string& code);
  void on_slow();
  void answer_again();
  void tell_late_returns();
  void set_error(std::string error) {
    const Lock lock(mutex_);
    last_error_ = std::move(error);
  }

  const StateRedisOptions options_;
  detail::RedisUrl url_;
  Waker waker_;
  std::thread thread_;

  std::atomic<bool> is_answering_{false};
  std::atomic<std::size_t> in_flight_{0}, bytes_{0};
  std::atomic<std::uint64_t> updates_{0}, unavailable_{0}, slow_{0};
  mutable std::mutex mutex_;
  std::vector<StateCall> queue_;      // of mutex_
  detail::LateReturns late_returns_;  // of mutex_
  std::string last_error_;            // of mutex_
  bool is_stopping_ = false;          // of mutex_

  // Of the thread.
  std::unique_ptr<RedisLink> link_;
  CompareAndSet calls_;
  std::vector<StateCall> taken_;
  SteadyTime now_{}, next_attempt_{}, last_heard_{};
  std::chrono::milliseconds pause_;
  bool was_up_ = false, has_been_up_ = false, is_slow_ = false, is_refused_ = false;
  std::minstd_rand random_{std::random_device{}()};
};

StateRedis::StateRedis(const StateRedisOptions& options, detail::RedisUrl url)
    : options_([&options] {
        StateRedisOptions kept = options;
        kept.url.clear();  // with the password
        return kept;
      }()),
      url_(std::move(url)),
      last_error_(url_.place() + ": not connected yet"),
      calls_(
          {.machine = options.machine, .ttl = options.ttl, .remembered = options.remembered},
          [this](std::span<const std::string_view> words) { link_->send(words); },
          [this](StateCall& call, CallEnd end, const Outcome* outcome) { on_end(call, end, outcome); }),
      pause_(options.first_pause) {}

challenge::StateStore::Answer StateRedis::update(const StateKey& key, const Input& input, Later later) {
  if (!is_answering_.load(std::memory_order_relaxed)) return refuse(key, input);
  if (in_flight_.fetch_add(1, std::memory_order_relaxed) >= options_.in_flight ||
      !enqueue({key, input, std::move(later), steady_clock::now() + options_.deadline, false})) {
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    return refuse(key, input);
  }
  return {.kind = Answer::Kind::kLater, .outcome = {}};
}

bool StateRedis::enqueue(StateCall call) {
  bool is_first = false;
  {
    const Lock lock(mutex_);
    if (is_stopping_) return false;
    is_first = queue_.empty();
    queue_.push_back(std::move(call));
  }
  if (is_first) waker_.wake();
  return true;
}

challenge::StateStore::Answer StateRedis::refuse(const StateKey& key, const Input& input) {
  unavailable_.fetch_add(1, std::memory_order_relaxed);
  if (detail::LateReturns::concerns(input)) {
    const Lock lock(mutex_);
    late_returns_.add(key, input);
  }
  return {};
}

StateStoreCounters StateRedis::counters() const {
  StateStoreCounters counters;
  counters.updates = updates_;
  counters.unavailable = unavailable_;
  counters.slow = slow_;
  counters.bytes = bytes_;
  return counters;
}

void StateRedis::stop() {
  {
    const Lock lock(mutex_);
    is_stopping_ = true;
  }
  is_answering_ = false;
  waker_.wake();
  if (thread_.joinable()) thread_.join();
}

// What is under way at a stop is waited for: its deadlines are short.
void StateRedis::run() {
  block_signals();
  now_ = next_attempt_ = steady_clock::now();
  bool is_stopping = false;
  while (!is_stopping || (is_up() && calls_.has_calls())) {
    if (!link_ && !is_stopping && now_ >= next_attempt_) attempt();
    wait();
    step();
    is_stopping = take_queue();
    bytes_ = calls_.bytes();
  }
  calls_.abandon();
  link_.reset();
}

// When the link's next step, or the next attempt, has been waited for long enough.
std::optional<SteadyTime> StateRedis::patience() const {
  if (!link_) return next_attempt_;
  if (!is_up() || calls_.awaits_reply()) return last_heard_ + options_.connect_deadline;
  return std::nullopt;
}

void StateRedis::wait() {
  std::array<pollfd, 2> waited{pollfd{waker_.descriptor(), POLLIN, 0}, pollfd{-1, 0, 0}};
  if (link_) waited[1] = {link_->descriptor(), link_->events(), 0};
  const auto patience_ends = patience(), deadline = calls_.next_deadline();
  SteadyTime until = steady_clock::now() + std::chrono::hours(1);
  if (patience_ends) until = std::min(until, *patience_ends);
  if (deadline) until = std::min(until, *deadline);
  const auto left = std::max(until - steady_clock::now(), steady_clock::duration(0)).count();
  const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  ::ppoll(waited.data(), waited.size(), &timeout, nullptr);
  now_ = steady_clock::now();
  if (waited[0].revents != 0) waker_.settle();
  if (link_ && waited[1].revents != 0) {
    link_->proceed(waited[1].revents, [this](const detail::RedisReply& reply) { on_reply(reply); });
  }
}

void StateRedis::step() {
  if (is_up() && !std::exchange(was_up_, is_up())) on_up();
  if (link_ && link_->state() != RedisLink::State::kLost && patience() && now_ >= *patience()) {
    on_lost(url_.place() + ": no answer");
  }
  if (link_) link_->flush();
  if (link_ && link_->state() == RedisLink::State::kLost) on_lost(std::string(link_->error()));
  if (const auto deadline = calls_.next_deadline(); deadline && now_ >= *deadline) on_slow();
}

// True: the store is stopping.
bool StateRedis::take_queue() {
  bool is_stopping = false;
  {
    const Lock lock(mutex_);
    taken_.swap(queue_);
    is_stopping = is_stopping_;
  }
  const bool awaited_before = calls_.awaits_reply();
  for (StateCall& call : taken_) {
    if (is_up()) {
      calls_.submit(std::move(call));
    } else {
      on_end(call, CallEnd::kLost, nullptr);
    }
  }
  if (!awaited_before) last_heard_ = std::max(last_heard_, now_);
  taken_.clear();
  if (link_) link_->flush();
  return is_stopping;
}

void StateRedis::attempt() {
  link_ = std::make_unique<RedisLink>(url_, detail::compare_and_set_script());
  last_heard_ = now_ = steady_clock::now();
  if (link_->state() == RedisLink::State::kLost) on_lost(std::string(link_->error()));
}

void StateRedis::on_up() {
  pause_ = options_.first_pause;
  last_heard_ = now_;
  // The server may have come back with what it knew long ago, or other proxies' returns may be missing.
  if (std::exchange(has_been_up_, true)) calls_.forgive_before(detail::wall_clock());
  answer_again();
}

void StateRedis::on_lost(const std::string& why) {
  is_answering_ = false;
  set_error(why);
  link_.reset();
  was_up_ = false;
  calls_.abandon();
  // A quarter more or less: proxies that lost the same server do not come back at the same moment.
  const auto quarter = static_cast<unsigned long>(pause_.count() / 4 + 1);
  next_attempt_ = now_ + pause_ + std::chrono::milliseconds(random_() % quarter);
  pause_ = std::min(pause_ * 2, options_.longest_pause);
}

// What last_error() says is set before the calls end: who is told looks there.
void StateRedis::on_reply(const detail::RedisReply& reply) {
  last_heard_ = now_;
  if (CompareAndSet::is_refusal(reply)) {
    on_refusal(detail::error_code_of(reply.text));
  } else if (is_slow_ || is_refused_) {
    answer_again();
  }
  calls_.on_reply(reply);
}

// It answers, and may do the next one.
void StateRedis::on_refusal(const std::string& code) {
  is_slow_ = false;
  is_refused_ = true;
  const Lock lock(mutex_);
  last_error_ = url_.place() + ": refused the update: " + code;
  is_answering_ = !is_stopping_;
}

void StateRedis::on_slow() {
  is_slow_ = true;
  is_answering_ = false;
  set_error(url_.place() + ": no answer within " + std::to_string(options_.deadline.count()) + " ms");
  calls_.expire(now_);
}

void StateRedis::answer_again() {
  is_slow_ = is_refused_ = false;
  tell_late_returns();
  const Lock lock(mutex_);
  last_error_.clear();
  is_answering_ = !is_stopping_;
}

void StateRedis::tell_late_returns() {
  detail::LateReturns late;
  {
    const Lock lock(mutex_);
    if (is_stopping_) return;
    std::swap(late, late_returns_);
  }
  if (late.has_overflowed()) calls_.forgive_before(detail::wall_clock());
  for (const auto& [key, input] : late.returns()) {
    in_flight_.fetch_add(1, std::memory_order_relaxed);
    calls_.submit({key, input, {}, now_ + options_.deadline, true});
  }
}

void StateRedis::on_end(StateCall& call, CallEnd end, const Outcome* outcome) {
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  auto& counter = end == CallEnd::kDone ? updates_ : end == CallEnd::kSlow ? slow_ : unavailable_;
  if (!call.is_retold) counter.fetch_add(1, std::memory_order_relaxed);
  if (end != CallEnd::kDone && detail::LateReturns::concerns(call.input)) {
    const Lock lock(mutex_);
    late_returns_.add(call.key, call.input);
  }
  if (!call.later) return;
  call.later(outcome == nullptr ? std::nullopt : std::optional<Outcome>(*outcome));
}

}  // namespace

Result<std::unique_ptr<challenge::StateStore>> open_state_redis(const StateRedisOptions& options) {
  auto url = detail::parse_redis_url(options.url);
  if (!url) return tl::unexpected(url.error());
  auto store = std::make_unique<StateRedis>(options, std::move(*url));
  if (!store->is_sound()) return fail(ErrorCode::kIo, "eventfd", std::strerror(errno));
  store->start();
  return store;
}

}  // namespace mogura::store
