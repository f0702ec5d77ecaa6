#pragma once

// A connection to an origin that speaks HTTP/2, shared by many exchanges: each gets a socket, one of a pair,
// over which it speaks HTTP/1.1, one request after another. What closes such a socket early takes its request
// back (CANCEL); a response that breaks off closes it before the response's end. Keeps itself alive while it
// is connected. Belongs to one loop.
//
//   Exchange ─ HTTP/1.1 ─┐
//   Exchange ─ HTTP/1.1 ─┴─ Http2Origin ══ HTTP/2 ══ origin

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "http2/client.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/signal_event.h"
#include "proxy/detail/stream.h"
#include "proxy/detail/sweeper.h"
#include "proxy/detail/wakeup.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

struct Http2OriginOptions {
  Timeouts timeouts;
  ProxyLimits limits;
  Millis idle{30'000};  // without a request, then it is closed
  std::string scheme = "https";
};

class Http2Origin final : public std::enable_shared_from_this<Http2Origin>, private Swept {
 public:
  // The connection is established and agreed on HTTP/2 (ALPN h2, or prior knowledge).
  static std::shared_ptr<Http2Origin> start(boost::asio::io_context& context, Sweeper& sweeper,
                                            std::unique_ptr<Stream> origin, const Endpoint& server,
                                            const Http2OriginOptions& options);
  ~Http2Origin() override;

  // A socket that speaks HTTP/1.1 to the origin; non-blocking. Nothing: it is going, or has as many requests
  // or sockets as it may, or no descriptors are left.
  std::optional<Socket> open();
  // Its requests are served, then it goes.
  void wind_down();
  void cut();
  [[nodiscard]] bool is_over() const { return is_over_; }
  // It refuses HTTP/2 for what it was asked (HTTP_1_1_REQUIRED).
  [[nodiscard]] bool wants_http1() const { return client_.wants_http1(); }
  [[nodiscard]] const Endpoint& server() const { return server_; }

 private:
  struct Channel;
  using Channels = std::list<std::unique_ptr<Channel>>;

  Http2Origin(boost::asio::io_context& context, Sweeper& sweeper, std::unique_ptr<Stream> origin,
              const Endpoint& server, const Http2OriginOptions& options);
  static Awaitable<void> run(std::shared_ptr<Http2Origin> self);
  static Awaitable<void> write(std::shared_ptr<Http2Origin> self);
  static Awaitable<void> serve(std::shared_ptr<Http2Origin> self, Channel* channel);
  static Awaitable<void> upload(std::shared_ptr<Http2Origin> self, Channel* channel);
  Awaitable<void> read_all();
  Awaitable<void> download(Channel& channel);
  // False: these bytes are no request.
  bool take_request(Channel& channel, std::string_view bytes);
  void attend();
  void release_idle();
  void sweep(std::int64_t now_ms) override;

  static constexpr std::size_t kPiece = std::size_t{16} << 10;

  boost::asio::io_context& context_;
  Sweeper& sweeper_;
  std::unique_ptr<Stream> origin_;
  const Endpoint server_;
  const Http2OriginOptions options_;
  http2::Client client_;
  Wakeup has_output_;
  SignalEvent writer_is_over_;
  Channels channels_;
  std::unordered_map<http2::ExchangeId, Channel*> by_exchange_;
  std::vector<http2::ExchangeId> changed_;
  std::array<char, kPiece> piece_;
  std::int64_t idle_since_ms_;
  bool is_over_ = false, has_finished_ = false;
};

}  // namespace mogura::proxy::detail
