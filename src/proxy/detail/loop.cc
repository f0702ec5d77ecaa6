#include "proxy/detail/loop.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <csignal>

#include "base/limits.h"
#include "proxy/detail/client_connection.h"

namespace mogura::proxy::detail {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::milliseconds kSweep{250};
// How long no connection is taken after the system had no descriptor for one.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nRetry-After: 5\r\n\r\n";

ConnectorOptions connector_options(const Timeouts& timeouts) {
  return {.timeout = timeouts.connect,
          .dns_timeout = timeouts.dns,
          .attempt_delay = std::chrono::milliseconds(250)};
}

}  // namespace

Route::Route(Resolver& resolver, std::shared_ptr<const Settings> used)
    : settings(std::move(used)),
      connector(resolver, *settings->access, connector_options(settings->options.timeouts)) {}

Loop::Loop(Shared& shared, std::vector<Socket::native_handle_type> listeners)
    : shared_(shared), sweep_timer_(context) {
  renew();
  const Upstream& upstream = settings_->options.upstream;
  pool_ = std::make_unique<UpstreamPool>(upstream.idle_per_host, upstream.idle, upstream.idle_for);
  if (shared_.on_session) recorders_ = std::make_unique<session::RecorderPool>(Limits{});
  for (const auto handle : listeners) {
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
  if (version_ != shared_.settings_version()) renew();
  return settings_;
}

void Loop::renew() {
  version_ = shared_.settings_version();
  settings_ = shared_.settings();
  // Certificates of another authority, sessions verified by other rules.
  const Interception* const interception = settings_->interception.get();
  interception_caches_ =
      interception != nullptr ? std::make_unique<InterceptionCaches>(interception->options()) : nullptr;
  route_ = std::make_shared<Route>(shared_.resolver, settings_);
}

void Loop::start() {
  for (Acceptor& acceptor : acceptors_) asio::co_spawn(context, accept(acceptor), asio::detached);
  asio::co_spawn(context, sweep(), asio::detached);
  thread_ = std::thread([this] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    context.run();
  });
}

void Loop::stop_accepting() {
  asio::post(context, [this] {
    is_stopping_ = true;
    boost::system::error_code ignored;
    for (Acceptor& acceptor : acceptors_) acceptor.close(ignored);
    const std::vector<ClientConnection*> connections = connections_;
    for (ClientConnection* each : connections) each->wind_down();
    sweep_timer_.cancel();
  });
}

void Loop::cut_all() {
  asio::post(context, [this] {
    const std::vector<ClientConnection*> connections = connections_;
    for (ClientConnection* each : connections) each->cut();
  });
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::enlist(ClientConnection& connection) {
  connections_.push_back(&connection);
}

void Loop::delist(ClientConnection& connection) {
  const auto found = std::find(connections_.begin(), connections_.end(), &connection);
  if (found == connections_.end()) return;
  *found = connections_.back();
  connections_.pop_back();
}

Awaitable<void> Loop::accept(Acceptor& acceptor) {
  Timer pause(context);
  while (!is_stopping_) {
    boost::system::error_code error;
    Socket socket = co_await acceptor.async_accept(context, asio::redirect_error(kAwait, error));
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

void Loop::take(Socket socket) {
  boost::system::error_code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const tcp::endpoint local = socket.local_endpoint(error);
  socket.set_option(tcp::no_delay(true), error);
  socket.native_non_blocking(true, error);
  const Endpoint client = endpoint_of(remote);
  if (!shared_.clients.enter(client.address, settings()->options.limits)) {
    counters.refusals[static_cast<std::size_t>(Refusal::kConnections)].add();
    (void)::send(socket.native_handle(), kTooMany.data(), kTooMany.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  auto connection = std::make_unique<ClientConnection>(*this, std::move(socket), client, endpoint_of(local));
  asio::co_spawn(context, ClientConnection::run(std::move(connection)), asio::detached);
}

Awaitable<void> Loop::sweep() {
  while (!is_stopping_ || !connections_.empty()) {
    boost::system::error_code error;
    sweep_timer_.expires_after(kSweep);
    co_await sweep_timer_.async_wait(asio::redirect_error(kAwait, error));
    const std::int64_t now_ms = coarse_ms();
    sweeper.sweep(now_ms);
    for (ClientConnection* each : connections_) each->sweep(now_ms);
    const Timestamp now = wall_clock();
    if (is_stopping_)
      pool_->clear();
    else
      pool_->sweep(now);
    counters.upstream_idle.set(pool_->size());
  }
  pool_->clear();
}

}  // namespace mogura::proxy::detail
