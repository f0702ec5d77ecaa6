#pragma once

// Two connections joined: bytes pass both ways as they come (RFC 9110 §9.3.6), a half-close is passed on as
// one, a reset as a reset. Where much comes at once, the kernel moves it (splice). Nothing is held while
// nothing flows: an idle tunnel has no buffers. Lives on the stack of the client's coroutine.

#include <array>
#include <cstdint>
#include <string_view>

#include "proxy/detail/asio.h"
#include "proxy/detail/client_connection.h"
#include "proxy/detail/signal_event.h"

namespace mogura::proxy::detail {

class Tunnel {
 public:
  Tunnel(ClientConnection& connection, Stream& origin);
  ~Tunnel();

  // `from_client`, `from_origin`: what has been received already and is to go first; copied. Returns when
  // both directions are over.
  Awaitable<void> run(std::string_view from_client, std::string_view from_origin);
  // Relayed, to the client or to the origin.
  [[nodiscard]] std::uint64_t bytes(session::Direction direction) const {
    return bytes_[static_cast<std::size_t>(direction)];
  }

 private:
  Awaitable<void> up(std::string early);
  Awaitable<void> pump(session::Direction direction, std::string_view early);
  Awaitable<Io> pass(Stream& to, session::Direction direction, std::string_view bytes);
  struct Spell {
    Io io = Io::kOk;
    std::uint64_t bytes = 0;
  };
  Awaitable<Spell> move(Stream& from, Stream& to, session::Direction direction);
  [[nodiscard]] Millis patience(session::Direction direction) const;
  void end(session::Direction direction, Io how);

  ClientConnection& connection_;
  Loop& loop_;
  Stream& client_;
  Stream& origin_;
  const Timeouts timeouts_;
  SignalEvent up_is_over_;
  std::array<std::uint64_t, 2> bytes_{};
  std::array<bool, 2> is_over_{};
};

}  // namespace mogura::proxy::detail
