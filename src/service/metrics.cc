#include "service/metrics.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/address.h"
#include "service/signals_held.h"

namespace mogura::service {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kConnections = 16;          // at a time; others are closed
constexpr std::size_t kRequestBytes = 8192;       // of a request's head
constexpr std::chrono::seconds kTimeout{5};       // for a request and its answer
constexpr std::chrono::milliseconds kPause{100};  // after a connection could not be accepted

std::string answer(std::string_view status, std::string_view type, std::string_view body, bool wants_body) {
  std::string text = "HTTP/1.1 ";
  text += status;
  text += "\r\nContent-Type: ";
  text += type;
  text += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  if (wants_body) text += body;
  return text;
}

std::string answer_to(std::string_view request, const Metrics::Source& source) {
  constexpr std::string_view kText = "text/plain; charset=utf-8";
  const std::string_view line = request.substr(0, request.find("\r\n"));
  const std::size_t space = line.find(' ');
  const std::string_view method = line.substr(0, space);
  const bool is_head = method == "HEAD";
  if (space == std::string_view::npos || (method != "GET" && !is_head)) {
    return answer("405 Method Not Allowed", kText, "There is GET and HEAD.\n", true);
  }
  const std::string_view target = line.substr(space + 1, line.find_first_of(" ?", space + 1) - space - 1);
  if (target != "/metrics") return answer("404 Not Found", kText, "There is /metrics.\n", !is_head);
  return answer("200 OK", "text/plain; version=0.0.4; charset=utf-8", source(), !is_head);
}

// Somebody who asks. Closed when the time is up, whatever it waits for.
struct Visit {
  explicit Visit(tcp::socket connection)
      : socket(std::move(connection)), deadline(socket.get_executor(), kTimeout) {}
  tcp::socket socket;
  asio::steady_timer deadline;
  std::string request;
};

}  // namespace

struct Metrics::Impl {
  explicit Impl(Source given) : source(std::move(given)) {}
  ~Impl() {
    loop.stop();
    if (thread.joinable()) thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  error_code listen(const tcp::endpoint& where);
  void run();
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(tcp::socket socket);

  const Source source;
  std::size_t visits = 0;  // the loop's
  asio::io_context loop{1};
  tcp::acceptor acceptor{loop};
  std::uint16_t port = 0;
  std::thread thread;
};

error_code Metrics::Impl::listen(const tcp::endpoint& where) {
  error_code problem;
  acceptor.open(where.protocol(), problem);
  if (!problem) acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem) acceptor.bind(where, problem);
  if (!problem) acceptor.listen(static_cast<int>(kConnections), problem);
  if (!problem) port = acceptor.local_endpoint(problem).port();
  return problem;
}

void Metrics::Impl::run() {
  asio::co_spawn(loop, accept_all(), asio::detached);
  loop.run();
}

asio::awaitable<void> Metrics::Impl::accept_all() {
  asio::steady_timer pause(loop);
  while (true) {
    error_code problem;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, problem));
    if (problem) {
      pause.expires_after(kPause);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, problem));
    } else if (visits < kConnections) {
      asio::co_spawn(loop, serve(std::move(socket)), asio::detached);
    }
  }
}

asio::awaitable<void> Metrics::Impl::serve(tcp::socket socket) {
  const auto visit = std::make_shared<Visit>(std::move(socket));
  visit->deadline.async_wait([visit](error_code problem) {
    if (!problem) visit->socket.close(problem);
  });
  ++visits;
  error_code problem;
  auto token = asio::redirect_error(asio::use_awaitable, problem);
  co_await asio::async_read_until(visit->socket, asio::dynamic_buffer(visit->request, kRequestBytes),
                                  "\r\n\r\n", token);
  if (!problem) {
    const std::string text = answer_to(visit->request, source);
    co_await asio::async_write(visit->socket, asio::buffer(text), token);
  }
  visit->socket.close(problem);
  visit->deadline.cancel();
  --visits;
}

Result<std::unique_ptr<Metrics>> Metrics::open(const std::string& where, Source source) {
  const auto endpoint = Endpoint::parse(where);
  if (!endpoint) {
    return fail(ErrorCode::kUsage, where, "not an address and port, such as 127.0.0.1:9115 or [::1]:9115");
  }
  try {
    auto impl = std::make_unique<Impl>(std::move(source));
    const auto address = asio::ip::make_address(endpoint->address.to_string());
    if (const auto problem = impl->listen({address, endpoint->port})) {
      return fail(ErrorCode::kIo, where, problem.message());
    }
    const SignalsHeld held;
    impl->thread = std::thread([raw = impl.get()] { raw->run(); });
    return std::unique_ptr<Metrics>(new Metrics(std::move(impl)));
  } catch (const std::exception& problem) {
    return fail(ErrorCode::kIo, where, problem.what());
  }
}

Metrics::Metrics(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Metrics::~Metrics() = default;

std::uint16_t Metrics::port() const {
  return impl_->port;
}

}  // namespace mogura::service
