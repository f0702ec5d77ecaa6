#pragma once

// An answer of the store of states that comes later, on a thread of the store's: it is posted to the loop
// that asked, so that everything here but on_later() happens on the loop's thread. Lives in the coroutine
// that waits.

#include <boost/asio/post.hpp>
#include <optional>

#include "challenge/state.h"
#include "service/asio.h"
#include "service/signal_event.h"

namespace mogura::service {

struct StoreAnswer {
  explicit StoreAnswer(boost::asio::io_context& loop) : context(loop) {}

  boost::asio::io_context& context;
  std::optional<challenge::Outcome> outcome;
  bool has_come = false;
  std::optional<SignalEvent> come;

  void on_later(const std::optional<challenge::Outcome>& later) {
    boost::asio::post(context, [this, later] {
      outcome = later;
      has_come = true;
      if (come) come->set();
    });
  }
  Awaitable<void> wait() {
    come.emplace(context);
    if (!has_come) co_await come->wait();
  }
};

}  // namespace mogura::service
