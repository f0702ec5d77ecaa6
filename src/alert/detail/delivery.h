#pragma once

// A bounded queue in memory and the thread that empties it through a Carrier: order is kept, failures are
// tried again with growing pauses, what was sent and never acknowledged is sent again.
//
//      queue:   [ sent, not acknowledged ... | next | waiting ... ]
//                 front                  sent_^

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "alert/detail/backoff.h"
#include "alert/detail/descriptor.h"
#include "alert/sink.h"

namespace mogura::alert::detail {

enum class Attempt {
  kDelivered,
  kSent,     // on its way; confirm() will tell
  kAgain,    // failed: also what was sent before and is not acknowledged has to be sent again
  kRefused,  // will never be taken
};

struct Confirmation {
  std::size_t arrived = 0;  // of those kSent, oldest first, since the last time
  bool is_broken = false;   // the others have to be sent again
};

// Brings texts to one place. Called by the delivery's thread alone.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // May wait, but not once `bell` is rung.
  virtual Attempt attempt(const std::string& text, const Bell& bell) = 0;
  virtual Confirmation confirm() { return {}; }
  virtual void reopen() {}
  // Of the attempt before.
  [[nodiscard]] virtual std::string error() const = 0;
};

class Delivery {
 public:
  Delivery(std::unique_ptr<Carrier> carrier, std::size_t queue, Backoff backoff);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Any thread.
  void send(std::string text);
  void reopen();
  [[nodiscard]] SinkCounters counters() const;
  [[nodiscard]] std::string last_error() const;
  // One thread, once.
  void stop(double seconds);

 private:
  using Lock = std::unique_lock<std::mutex>;
  void run();
  [[nodiscard]] bool is_finished() const;
  void step(Lock& lock);
  void attempt_next(Lock& lock);
  void settle(Attempt attempt, const Confirmation& confirmation, std::string error);
  void take_front(std::size_t count);
  void fail(std::string error);
  void wait_for_news(Lock& lock);

  std::unique_ptr<Carrier> carrier_;  // of the thread
  const std::size_t limit_;
  Bell bell_;  // rung when the time to deliver is over

  mutable std::mutex mutex_;
  std::condition_variable changed_, ended_;
  // Guarded by mutex_:
  std::deque<std::string> queue_;
  std::size_t sent_ = 0;
  SinkCounters counters_;
  std::string last_error_;
  bool wants_reopen_ = false, is_stopping_ = false, is_over_ = false, has_ended_ = false;
  Backoff backoff_;
  Clock::time_point next_attempt_{};
  Clock::duration look_again_{};  // until the next look for acknowledgments

  std::thread thread_;  // last: begins when all else is there
};

}  // namespace mogura::alert::detail
