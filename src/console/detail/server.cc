#include "console/detail/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "console/detail/connection.h"
#include "console/detail/quiet_thread.h"
#include "console/detail/small_file.h"
#include "protocol/authority.h"

namespace mogura::console::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;

namespace {

// How long no connection is taken after the system had no descriptor for one; and between two words on it.
constexpr Millis kAcceptPause{100};
constexpr Millis kNotePause{60'000};

Endpoint endpoint_of(const tcp::endpoint& endpoint) {
  const asio::ip::address address = endpoint.address();
  if (address.is_v4()) return {Address::v4(address.to_v4().to_uint()), endpoint.port()};
  const auto bytes = address.to_v6().to_bytes();
  return {Address::from_bytes({bytes.data(), bytes.size()}), endpoint.port()};
}

tcp::endpoint asio_endpoint(const Endpoint& endpoint) {
  const Address& address = endpoint.address;
  if (address.is_v4()) return {asio::ip::address_v4(address.v4_bits()), endpoint.port};
  asio::ip::address_v6::bytes_type bytes{};
  for (unsigned i = 0; i < 16; ++i) {
    const std::uint64_t half = i < 8 ? address.high() : address.low();
    bytes[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
  }
  return {asio::ip::address_v6(bytes), endpoint.port};
}

std::vector<std::string> files_of(const Options& options) {
  std::vector<std::string> files;
  for (const std::string* each :
       {&options.certificate, &options.key, &options.htpasswd, &options.token_file}) {
    if (!each->empty()) files.push_back(*each);
  }
  return files;
}

Site site_of(const Options& options) {
  Site site{.has_tls = options.has_tls()};
  for (const std::string& name : options.host_names)
    site.hosts.push_back(protocol::parse_authority(name).host);
  return site;
}

}  // namespace

Server::Server(const Options& options, Surroundings surroundings, const Tuning& tuning)
    : options_(options),
      surroundings_(std::move(surroundings)),
      tuning_(tuning),
      site_(site_of(options_)),
      workers_(tuning_.jobs),
      acceptor_(context_),
      sweep_timer_(context_),
      hub_(tuning_) {}

Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::open(const Options& options, Surroundings surroundings,
                                             const Tuning& tuning) {
  std::unique_ptr<Server> server(new Server(options, std::move(surroundings), tuning));
  if (auto opened = server->open_files(); !opened) return tl::unexpected(std::move(opened.error()));
  if (auto opened = server->workers_.open(server->options_, server->surroundings_); !opened)
    return tl::unexpected(std::move(opened.error()));
  if (auto bound = server->listen(); !bound) return tl::unexpected(std::move(bound.error()));
  return server;
}

Result<Channel::Tls> Server::load_tls() const {
  if (!options_.has_tls()) return Channel::Tls();
  return open_tls(options_.certificate, options_.key);
}

Result<void> Server::open_files() {
  files_stamp_ = stamp_of_files(files_of(options_));
  Result<Channel::Tls> tls = load_tls();
  if (!tls) return tl::unexpected(std::move(tls.error()));
  Result<std::shared_ptr<const Credentials>> credentials = Credentials::load(options_);
  if (!credentials) return tl::unexpected(std::move(credentials.error()));
  tls_ = std::move(*tls);
  desk_ = std::make_unique<Desk>(options_, surroundings_, std::move(*credentials));
  return {};
}

Result<void> Server::listen() {
  const tcp::endpoint wanted = asio_endpoint(options_.listen);
  Code error;
  acceptor_.open(wanted.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && wanted.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind(wanted, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error)
    return fail(ErrorCode::kIo, options_.listen.to_string(), "cannot listen there: " + error.message());
  endpoint_ = endpoint_of(acceptor_.local_endpoint(error));
  return {};
}

void Server::note(const std::string& line) const {
  if (surroundings_.note) surroundings_.note(line);
}

void Server::start() {
  is_started_ = true;
  workers_.start();
  asio::co_spawn(context_, accept(), asio::detached);
  asio::co_spawn(context_, sweep(), asio::detached);
  thread_ = quiet_thread([this] { context_.run(); });
}

void Server::stop() {
  if (!is_started_) return;
  is_started_ = false;
  const auto each_connection = [this](void (Connection::*act)()) {
    const std::vector<Connection*> connections = connections_;
    for (Connection* each : connections) (each->*act)();
  };
  asio::post(context_, [this, each_connection] {
    is_stopping_ = true;
    Code ignored;
    acceptor_.close(ignored);
    each_connection(&Connection::wind_down);
    sweep_timer_.cancel();
  });
  {
    std::unique_lock lock(mutex_);
    emptied_.wait_for(lock, tuning_.stop, [this] { return is_empty_; });
  }
  asio::post(context_, [each_connection] { each_connection(&Connection::cut); });
  thread_.join();
  workers_.stop();
}

void Server::reload() {
  asio::post(context_, [this] { look_at_files(true); });
}

void Server::enlist(Connection& connection) {
  connections_.push_back(&connection);
  ++by_client_[network_of(connection.client())];
  const std::scoped_lock lock(mutex_);
  is_empty_ = false;
}

void Server::delist(Connection& connection) {
  std::erase(connections_, &connection);
  const auto count = by_client_.find(network_of(connection.client()));
  if (--count->second == 0) by_client_.erase(count);
  const std::scoped_lock lock(mutex_);
  is_empty_ = connections_.empty();
  if (is_empty_) emptied_.notify_all();
}

Awaitable<void> Server::accept() {
  Timer pause(context_);
  while (!is_stopping_) {
    Code error;
    Socket socket = co_await acceptor_.async_accept(context_, asio::redirect_error(kAwait, error));
    if (is_stopping_) co_return;
    if (!error) {
      take(std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(kAwait, error));
  }
}

bool Server::has_room_for(const Address& client) {
  const auto found = by_client_.find(network_of(client));
  const std::size_t of_client = found == by_client_.end() ? 0 : found->second;
  if (connections_.size() < tuning_.connections && of_client < tuning_.connections_per_client) return true;
  if (moment() >= next_note_) {
    next_note_ = moment() + kNotePause;
    note("too many connections: those of " + client.to_string() + " are refused");
  }
  return false;
}

void Server::take(Socket socket) {
  Code error;
  const tcp::endpoint remote = socket.remote_endpoint(error);
  if (error) return;
  const tcp::endpoint local = socket.local_endpoint(error);
  if (error) return;
  socket.set_option(tcp::no_delay(true), error);
  const Endpoint client = endpoint_of(remote);
  if (!has_room_for(client.address)) return;
  try {
    auto connection =
        std::make_unique<Connection>(*this, std::move(socket), tls_, client, endpoint_of(local).address);
    asio::co_spawn(context_, Connection::run(std::move(connection)), asio::detached);
  } catch (const std::exception&) {
    // No memory, for TLS above all. The next one may be luckier.
  }
}

Awaitable<void> Server::sweep() {
  while (!is_stopping_ || !connections_.empty()) {
    Code error;
    sweep_timer_.expires_after(tuning_.sweep);
    co_await sweep_timer_.async_wait(asio::redirect_error(kAwait, error));
    const Moment now = moment();
    const std::vector<Connection*> connections = connections_;
    for (Connection* each : connections) each->sweep(now);
    if (is_stopping_) continue;
    if (now >= next_tick_) {
      next_tick_ = now + tuning_.live_tick;
      look_for_news();
    }
    if (now >= next_file_check_) {
      next_file_check_ = now + tuning_.file_check;
      look_at_files(false);
    }
  }
}

// One look a tick, on a worker; the next one begins when it has come back.
void Server::look_for_news() {
  hub_.tick([this](const LiveWish& wish) { return desk_->is_alive(wish, moment()); }, moment());
  LiveHub::News news = hub_.cursors();
  if (news.empty() || looks_for_news_) return;
  looks_for_news_ = workers_.submit(Lane::kQuick, [this, news = std::move(news)](Bench& bench) mutable {
    for (auto& [before, after] : news) {
      try {
        after.second = bench.api.live_events(after.first);
      } catch (const std::exception&) {
        after = {before, {}};
      }
    }
    asio::post(context_, [this, news = std::move(news)] {
      looks_for_news_ = false;
      hub_.tell(news, moment());
    });
  });
}

// Passwords and certificate, when they are others than before or when it is asked for. Read by a worker.
void Server::look_at_files(bool is_asked) {
  std::vector<std::int64_t> stamp = stamp_of_files(files_of(options_));
  if (reads_files_ || (!is_asked && stamp == files_stamp_)) return;
  reads_files_ = workers_.submit(Lane::kLogin, [this](Bench&) {
    auto credentials = Credentials::load(options_);
    auto tls = load_tls();
    asio::post(context_, [this, credentials = std::move(credentials), tls = std::move(tls)]() mutable {
      reads_files_ = false;
      renew(std::move(credentials), std::move(tls));
    });
  });
  if (reads_files_) files_stamp_ = std::move(stamp);
}

// Each that could be read; what was in force before stays in force in place of the other.
void Server::renew(Result<std::shared_ptr<const Credentials>> credentials, Result<Channel::Tls> tls) {
  if (credentials) {
    desk_->set_credentials(std::move(*credentials));
  } else {
    note("what was loaded before stays: " + credentials.error().message());
  }
  if (tls) {
    tls_ = std::move(*tls);
  } else {
    note("what was loaded before stays: " + tls.error().message());
  }
  if (credentials && tls) note("passwords and certificate were read again");
}

}  // namespace mogura::console::detail
