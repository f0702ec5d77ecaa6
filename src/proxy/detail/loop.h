#pragma once

// One event loop: a thread, its listening sockets, its client connections, its connections to origins.
// Shared-nothing but for Shared. Everything here runs on the loop's thread unless it says otherwise.

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "proxy/counters.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/connector.h"
#include "proxy/detail/pipe.h"
#include "proxy/detail/shared.h"
#include "proxy/detail/stream.h"
#include "proxy/detail/sweeper.h"
#include "proxy/detail/tunnel_guard.h"
#include "proxy/detail/upstream_pool.h"
#include "session/recorder.h"

namespace mogura::proxy::detail {

class ClientConnection;

// A connector and the settings that it refers to.
struct Route {
  Route(Resolver& resolver, std::shared_ptr<const Settings> used);
  const std::shared_ptr<const Settings> settings;
  Connector connector;
};

class Loop {
 public:
  // Bytes read at once while a body or tunnel is relayed. One buffer for all: what is read is written before
  // anybody else gets a turn, and what could not be written is moved away.
  static constexpr std::size_t kScratch = std::size_t{128} << 10;

  Loop(Shared& shared, std::vector<Socket::native_handle_type> listeners);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // From the thread that owns the proxy.
  void start();
  void stop_accepting();  // and ends idle connections
  void cut_all();         // and all others
  void join();            // after cut_all(), or when nothing is open any more
  [[nodiscard]] bool is_idle() const { return counters.connections_open.get() == 0; }

  // Its reactor is this thread's alone; other threads may post.
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  Counters counters;
  Sweeper sweeper;
  std::array<char, kScratch> scratch;
  PipePool pipes;
  // Of tunnels that are compared with patterns; made by the first.
  std::unique_ptr<TunnelMatching> matching;
  [[nodiscard]] const std::shared_ptr<const Settings>& settings();
  [[nodiscard]] Shared& shared() { return shared_; }
  // What is connected with, by the settings of now. Whoever connects holds it until that is done.
  [[nodiscard]] std::shared_ptr<Route> route() {
    (void)settings();  // which renews it after a reload
    return route_;
  }
  // Where HTTPS is opened, by the settings of now; else nullptr.
  [[nodiscard]] InterceptionCaches* interception_caches() { return interception_caches_.get(); }
  [[nodiscard]] UpstreamPool& pool() { return *pool_; }
  [[nodiscard]] session::RecorderPool* recorders() { return recorders_.get(); }

  void enlist(ClientConnection& connection);
  void delist(ClientConnection& connection);

 private:
  Awaitable<void> accept(Acceptor& acceptor);
  void take(Socket socket);
  Awaitable<void> sweep();
  void renew();

  Shared& shared_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const Settings> settings_;
  std::shared_ptr<Route> route_;
  std::unique_ptr<InterceptionCaches> interception_caches_;
  std::unique_ptr<UpstreamPool> pool_;
  std::unique_ptr<session::RecorderPool> recorders_;
  std::vector<Acceptor> acceptors_;
  Timer sweep_timer_;
  std::vector<ClientConnection*> connections_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace mogura::proxy::detail
