#pragma once

// One event loop: a thread, its listening sockets, its connections of gateways. Everything here runs on the
// loop's thread unless it says otherwise.

#include <array>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "icap/counters.h"
#include "icap/detail/shared.h"
#include "service/asio.h"

namespace mogura::icap::detail {

class Connection;

class Loop {
 public:
  static constexpr std::size_t kScratch = std::size_t{64} << 10;  // bytes read at once

  Loop(Shared& shared, std::vector<int> listeners);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // From the thread that owns the service.
  void start();
  void stop_accepting();  // and ends idle connections
  void cut_all();         // and all others
  void join();            // after cut_all(), or when nothing is open any more
  [[nodiscard]] bool is_idle() const { return counters.connections_open.get() == 0; }

  // Its reactor is this thread's alone; other threads may post.
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Counters counters;
  std::array<char, kScratch> scratch;
  [[nodiscard]] const std::shared_ptr<const Settings>& settings();
  [[nodiscard]] Shared& shared() { return shared_; }

  void enlist(Connection& connection);
  void delist(Connection& connection);

 private:
  service::Awaitable<void> accept(service::Acceptor& acceptor);
  void take(service::Socket socket);
  void drain(service::Acceptor& acceptor);
  service::Awaitable<void> sweep();

  Shared& shared_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const Settings> settings_;
  std::vector<service::Acceptor> acceptors_;
  service::Timer sweep_timer_;
  std::vector<Connection*> connections_;
  bool is_stopping_ = false;
  std::thread thread_;
};

// Milliseconds of a clock that only goes forward, a few milliseconds coarse.
std::int64_t coarse_ms();
// Of the system's clock.
Timestamp wall_clock();

}  // namespace mogura::icap::detail
