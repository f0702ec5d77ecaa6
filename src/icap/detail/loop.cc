#include "icap/detail/loop.h"

#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <chrono>

#include "icap/detail/answers.h"
#include "icap/detail/connection.h"
#include "service/signals_held.h"

namespace mogura::icap::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using service::Awaitable;
using service::kAwait;

namespace {

constexpr std::chrono::milliseconds kSweep{250};
// How long no connection is taken after the system had no descriptor for one.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

std::int64_t coarse_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Loop::Loop(Shared& shared, std::vector<int> listeners)
    : shared_(shared),
      version_(shared.settings_version()),
      settings_(shared.settings()),
      sweep_timer_(context) {
  for (const int handle : listeners) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size);
    acceptors_.emplace_back(context, address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), handle);
  }
}

Loop::~Loop() {
  join();
}

const std::shared_ptr<const Settings>& Loop::settings() {
  if (version_ != shared_.settings_version()) {
    version_ = shared_.settings_version();
    settings_ = shared_.settings();
  }
  return settings_;
}

void Loop::start() {
  for (service::Acceptor& acceptor : acceptors_) asio::co_spawn(context, accept(acceptor), asio::detached);
  asio::co_spawn(context, sweep(), asio::detached);
  const service::SignalsHeld held;
  thread_ = std::thread([this] { context.run(); });
}

void Loop::stop_accepting() {
  asio::post(context, [this] {
    is_stopping_ = true;
    for (service::Acceptor& acceptor : acceptors_) drain(acceptor);
    const std::vector<Connection*> connections = connections_;
    for (Connection* each : connections) each->wind_down();
    sweep_timer_.cancel();
  });
}

// Connections that wait to be taken would be reset.
void Loop::drain(service::Acceptor& acceptor) {
  boost::system::error_code error;
  acceptor.non_blocking(true, error);
  while (!error) {
    service::Socket socket = acceptor.accept(context, error);
    if (!error) take(std::move(socket));
  }
  acceptor.close(error);
}

void Loop::cut_all() {
  asio::post(context, [this] {
    const std::vector<Connection*> connections = connections_;
    for (Connection* each : connections) each->cut();
  });
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::enlist(Connection& connection) {
  connections_.push_back(&connection);
  counters.connections.add();
  counters.connections_open.add();
}

void Loop::delist(Connection& connection) {
  std::erase(connections_, &connection);
  counters.connections_open.subtract();
  shared_.connections.fetch_sub(1);
}

Awaitable<void> Loop::accept(service::Acceptor& acceptor) {
  service::Timer pause(context);
  while (!is_stopping_) {
    boost::system::error_code error;
    service::Socket socket = co_await acceptor.async_accept(context, asio::redirect_error(kAwait, error));
    if (is_stopping_) co_return;
    if (!error) {
      take(std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
    counters.accept_failures.add();
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(kAwait, error));
  }
}

void Loop::take(service::Socket socket) {
  boost::system::error_code error;
  socket.set_option(tcp::no_delay(true), error);
  socket.non_blocking(true, error);
  if (shared_.connections.fetch_add(1) >= settings()->options.connections) {
    shared_.connections.fetch_sub(1);
    counters.refused.add();
    std::string answer;
    write_status(503, {.tag = settings()->options.tag, .pairing = {}, .closes = true}, answer);
    (void)::send(socket.native_handle(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  auto connection = std::make_unique<Connection>(*this, std::move(socket));
  asio::co_spawn(context, Connection::run(std::move(connection)), asio::detached);
}

Awaitable<void> Loop::sweep() {
  while (!is_stopping_ || !connections_.empty()) {
    boost::system::error_code error;
    sweep_timer_.expires_after(kSweep);
    co_await sweep_timer_.async_wait(asio::redirect_error(kAwait, error));
    const std::int64_t now_ms = coarse_ms();
    for (Connection* each : connections_) each->sweep(now_ms);
  }
}

}  // namespace mogura::icap::detail
