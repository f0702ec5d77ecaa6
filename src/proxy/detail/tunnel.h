#pragma once

// Two connections joined: bytes pass both ways as they come (RFC 9110 §9.3.6), a half-close is passed on as
// one, a reset as a reset. Where much comes at once, the kernel moves it (splice). Nothing is held while
// nothing flows: an idle tunnel has no buffers. Lives on the stack of the client's coroutine.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "proxy/detail/asio.h"
#include "proxy/detail/client_connection.h"
#include "proxy/detail/signal_event.h"
#include "proxy/detail/tunnel_guard.h"

namespace mogura::proxy::detail {

class Tunnel {
 public:
  Tunnel(ClientConnection& connection, Stream& origin);
  ~Tunnel();

  // Before run(): what looks at the first bytes, and is told what there is to tell. Blocked: both ends are
  // cut.
  using Tell = std::function<void(const TunnelGuard& guard, TunnelGuard::News news)>;
  void guard(std::unique_ptr<TunnelGuard> guard, Tell tell);

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
  // Passes on what may go on, after the guard has looked.
  Awaitable<Io> pass_guarded(Stream& to, session::Direction direction, std::string_view bytes);
  // After silence, or an end, while the guard holds something.
  Awaitable<Io> release(Stream& to, session::Direction direction);
  bool is_cut_by_guard();
  Awaitable<Io> pass(Stream& to, session::Direction direction, std::string_view bytes);
  struct Spell {
    Io io = Io::kOk;
    std::uint64_t bytes = 0;
  };
  Awaitable<Spell> move(Stream& from, Stream& to, session::Direction direction);
  [[nodiscard]] Millis patience(session::Direction direction) const;
  [[nodiscard]] bool holds(session::Direction direction) const {
    return guard_ != nullptr && guard_->holds(direction);
  }
  void end(session::Direction direction, Io how);

  ClientConnection& connection_;
  Loop& loop_;
  Stream& client_;
  Stream& origin_;
  const Timeouts timeouts_;
  SignalEvent up_is_over_;
  std::unique_ptr<TunnelGuard> guard_;  // until it is over
  Tell tell_;
  std::array<std::uint64_t, 2> bytes_{};
  std::array<bool, 2> is_over_{};
};

}  // namespace mogura::proxy::detail
