#pragma once

// Lets one coroutine of a loop wait until others have something for it, again and again. What was notified
// before is not waited for. Not thread-safe; one waiter.

#include <boost/asio/redirect_error.hpp>
#include <utility>

#include "proxy/detail/asio.h"

namespace mogura::proxy::detail {

class Wakeup {
 public:
  explicit Wakeup(boost::asio::io_context& context) : timer_(context, Timer::time_point::max()) {}
  void notify() {
    if (!std::exchange(is_set_, true)) timer_.cancel();
  }
  Awaitable<void> wait() {
    boost::system::error_code ignored;
    while (!is_set_) {
      co_await timer_.async_wait(boost::asio::redirect_error(kAwait, ignored));
    }
    is_set_ = false;
  }

 private:
  Timer timer_;
  bool is_set_ = false;
};

}  // namespace mogura::proxy::detail
