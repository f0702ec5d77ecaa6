#include "console/detail/channel.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>

namespace mogura::console::detail {

namespace asio = boost::asio;
using Code = boost::system::error_code;

namespace {

// What is thrown away of what a client sends although it will not be read.
constexpr std::size_t kLingerBytes = std::size_t{256} << 10;

}  // namespace

Channel::Channel(Socket socket, Tls tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
  if (tls_ != nullptr) secure_.emplace(socket_, *tls_);
}

void Channel::cut() {
  is_cut_ = true;
  Code ignored;
  // Shut down as well: an operation of TLS is several of the socket, and the next one must not wait, either.
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.cancel(ignored);
}

void Channel::sweep(Moment now) {
  if (until_.count() != 0 && now >= until_) cut();
}

bool Channel::has_input() const {
  char byte = 0;
  auto& socket = const_cast<Socket&>(socket_);
  return ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

Awaitable<bool> Channel::handshake(Millis patience) {
  if (!secure_) co_return !is_cut_;
  Code error;
  until_ = moment() + patience;
  co_await secure_->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(kAwait, error));
  until_ = {};
  co_return !error && !is_cut_;
}

Awaitable<std::size_t> Channel::read(char* to, std::size_t size, Moment until) {
  if (is_cut_) co_return 0;
  Code error;
  std::size_t bytes = 0;
  until_ = until;
  if (secure_) {
    bytes = co_await secure_->async_read_some(asio::buffer(to, size), asio::redirect_error(kAwait, error));
  } else {
    bytes = co_await socket_.async_read_some(asio::buffer(to, size), asio::redirect_error(kAwait, error));
  }
  until_ = {};
  co_return error || is_cut_ ? 0 : bytes;
}

Awaitable<bool> Channel::write(std::string_view bytes, Millis patience) {
  if (is_cut_) co_return false;
  Code error;
  until_ = moment() + patience;
  if (secure_) {
    co_await asio::async_write(*secure_, asio::buffer(bytes), asio::redirect_error(kAwait, error));
  } else {
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(kAwait, error));
  }
  until_ = {};
  co_return !error && !is_cut_;
}

Awaitable<void> Channel::close(Millis patience) {
  Code error;
  const Moment until = moment() + patience;
  if (secure_ && !is_cut_) {
    until_ = until;
    co_await secure_->async_shutdown(asio::redirect_error(kAwait, error));
  }
  socket_.shutdown(Socket::shutdown_send, error);
  std::array<char, 4096> thrown_away;
  for (std::size_t bytes = 0; bytes < kLingerBytes && !is_cut_;) {
    until_ = until;
    const std::size_t more =
        co_await socket_.async_read_some(asio::buffer(thrown_away), asio::redirect_error(kAwait, error));
    if (error) break;
    bytes += more;
  }
  until_ = {};
}

}  // namespace mogura::console::detail
