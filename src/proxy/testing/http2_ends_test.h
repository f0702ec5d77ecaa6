#pragma once

// For tests: an Http2Edge and an Http2Origin joined in one loop, so that HTTP/1.1 goes in at the origin's end
// and comes out at the edge's, where a script serves it.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/detail/http2_edge.h"
#include "proxy/detail/http2_origin.h"
#include "proxy/detail/socket_pair.h"

namespace mogura::proxy::detail {

// Up to and with `end`; what there was, where it did not come.
inline Awaitable<std::string> read_until(Stream& stream, std::string_view end) {
  std::string bytes;
  char c = 0;
  while (!bytes.ends_with(end)) {
    const Read got = co_await stream.read(&c, 1, Millis(0));
    if (got.io != Io::kOk) break;
    bytes += c;
  }
  co_return bytes;
}

inline Awaitable<std::size_t> read_count(Stream& stream, std::size_t count) {
  std::string bytes(65536, '\0');
  std::size_t all = 0;
  while (all < count) {
    const Read got = co_await stream.read(bytes.data(), std::min(bytes.size(), count - all), Millis(0));
    if (got.io != Io::kOk) break;
    all += got.bytes;
  }
  co_return all;
}

class Http2BothEnds {
 public:
  using Serve = std::function<Awaitable<void>(Stream&, bool& was_reset)>;

  explicit Http2BothEnds(Serve serve, const ProxyLimits& limits = {}) : serve_(std::move(serve)) {
    auto pair = socket_pair(context);
    client_side_ = std::make_unique<Stream>(sweeper, std::move(pair->first));
    edge = std::make_unique<Http2Edge>(context, sweeper, *client_side_,
                                       Http2EdgeOptions{.timeouts = {}, .limits = limits},
                                       [this] { return open(); });
    origin =
        Http2Origin::start(context, sweeper, std::make_unique<Stream>(sweeper, std::move(pair->second)),
                           Endpoint{Address::v4(0x7F000001), 443},
                           {.timeouts = {}, .limits = limits, .idle = Millis(30'000), .scheme = "https"});
    boost::asio::co_spawn(context, run_edge(), boost::asio::detached);
  }
  // One more who asks, by a socket that speaks HTTP/1.1.
  void ask(std::function<Awaitable<void>(Stream&)> asker) {
    ++askers_;
    boost::asio::co_spawn(context, run_asker(std::move(asker)), boost::asio::detached);
  }
  // Until everybody who asks has done so, then until nothing is left.
  void run() {
    while (askers_ != 0 && context.run_one() != 0) {
    }
    origin->wind_down();
    context.run();
    EXPECT_TRUE(edge_is_over);
    EXPECT_TRUE(origin->is_over());
  }

  boost::asio::io_context context;
  Sweeper sweeper;
  std::unique_ptr<Http2Edge> edge;
  std::shared_ptr<Http2Origin> origin;
  unsigned opened = 0, open_limit = 1000;
  bool edge_is_over = false;

 private:
  std::optional<Http2Edge::Channel> open() {
    auto pair = socket_pair(context);
    if (opened >= open_limit || !pair) return {};
    ++opened;
    auto was_reset = std::make_shared<bool>(false);
    boost::asio::co_spawn(context, run_server(std::move(pair->second), was_reset), boost::asio::detached);
    return Http2Edge::Channel{std::move(pair->first), was_reset};
  }
  Awaitable<void> run_server(Socket socket, std::shared_ptr<bool> was_reset) {
    Stream stream(sweeper, std::move(socket));
    co_await serve_(stream, *was_reset);
  }
  Awaitable<void> run_asker(std::function<Awaitable<void>(Stream&)> asker) {
    auto socket = origin->open();
    if (socket) {
      Stream stream(sweeper, std::move(*socket));
      co_await asker(stream);
    } else {
      ADD_FAILURE() << "no socket";
    }
    --askers_;
  }
  Awaitable<void> run_edge() {
    co_await edge->run({});
    edge_is_over = true;
    client_side_->close();
  }

  Serve serve_;
  std::unique_ptr<Stream> client_side_;
  unsigned askers_ = 0;
};

}  // namespace mogura::proxy::detail
