#pragma once

// Lets one coroutine of a loop wait for another. set() once; wait() returns at once afterwards. Not
// thread-safe.

#include <boost/asio/redirect_error.hpp>

#include "service/asio.h"

namespace mogura::service {

class SignalEvent {
 public:
  explicit SignalEvent(boost::asio::io_context& context) : timer_(context, Timer::time_point::max()) {}
  void set() {
    is_set_ = true;
    timer_.cancel();
  }
  [[nodiscard]] bool is_set() const { return is_set_; }
  Awaitable<void> wait() {
    boost::system::error_code ignored;
    while (!is_set_) {
      co_await timer_.async_wait(boost::asio::redirect_error(kAwait, ignored));
    }
  }

 private:
  Timer timer_;
  bool is_set_ = false;
};

}  // namespace mogura::service
