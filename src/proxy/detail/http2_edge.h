#pragma once

// A client's connection that speaks HTTP/2: each of its streams becomes a conversation in HTTP/1.1 over a
// pair of sockets, the other end of which is served like any client's connection, so that every rule, log,
// limit and challenge is the same. Lives on the stack of that client's coroutine. A conversation whose stream
// is over waits a little for the next stream. Belongs to one loop.
//
//   client ══ HTTP/2 ══ Http2Edge ─┬─ HTTP/1.1 ─ ClientConnection ─ Exchange ─ …
//                                  └─ HTTP/1.1 ─ ClientConnection ─ Exchange ─ …

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http2/server.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/signal_event.h"
#include "proxy/detail/stream.h"
#include "proxy/detail/sweeper.h"
#include "proxy/detail/wakeup.h"
#include "proxy/options.h"

namespace mogura::proxy::detail {

struct Http2EdgeOptions {
  Timeouts timeouts;
  ProxyLimits limits;
  bool absolute_form = false;  // requests name scheme and host, for who serves them as a proxy
};

class Http2Edge final : private Swept {
 public:
  // One end of a pair whose other is being served, and whether that was closed as a reset would be
  // (Stream::tell_reset()), which a pair cannot show.
  struct Channel {
    Socket socket;
    std::shared_ptr<const bool> was_reset;
  };
  // Nothing: a limit is reached; the stream is refused.
  using Open = std::function<std::optional<Channel>()>;

  // `client` outlives it.
  Http2Edge(boost::asio::io_context& context, Sweeper& sweeper, Stream& client,
            const Http2EdgeOptions& options, Open open);
  ~Http2Edge() override;

  // Until everything is over: the client has gone, was idle for too long, or was told to go and its streams
  // are served. `early`: what was read of it already. True: what we sent last may still be on its way.
  Awaitable<bool> run(std::string_view early);
  // No new streams; those under way are served.
  void wind_down();
  [[nodiscard]] const http2::Counts& counts() const { return server_.counts(); }

 private:
  struct Conversation;

  Awaitable<void> write();
  Awaitable<void> converse(Conversation& conversation);
  Awaitable<void> upload(Conversation& conversation);
  Awaitable<void> download(Conversation& conversation);
  // False: there is no more of it to come.
  bool take_answer(Conversation& conversation, std::string_view bytes);
  void attend();
  void begin(http2::StreamId id);
  void end(Conversation& conversation);
  std::unique_ptr<Conversation> open_conversation(http2::StreamId id);
  void sweep(std::int64_t now_ms) override;
  void sweep_idle(std::int64_t now_ms);

  // Of one read and of one write: a TLS record's worth.
  static constexpr std::size_t kPiece = std::size_t{16} << 10;

  boost::asio::io_context& context_;
  Sweeper& sweeper_;
  Stream& client_;
  const Timeouts timeouts_;
  http2::Server server_;
  const Open open_;
  Wakeup has_output_, is_empty_;
  SignalEvent writer_is_over_;
  std::unordered_map<http2::StreamId, std::unique_ptr<Conversation>> conversations_;
  struct Idle {
    Channel channel;
    std::int64_t since_ms = 0;
  };
  std::vector<Idle> idle_;
  std::vector<http2::StreamId> changed_;
  std::int64_t idle_since_ms_, head_since_ms_ = 0, finish_at_ms_ = 0;
  std::array<char, kPiece> piece_;  // what is read is dealt with before anybody else gets a turn
  bool is_over_ = false, is_winding_down_ = false, has_finished_ = false;
};

}  // namespace mogura::proxy::detail
