#pragma once

// A stream that is neither HTTP nor TLS, or runs in WebSocket frames: counts its payloads as messages and
// keeps its first bytes, each way, until a protocol is recognised in them.

#include <array>
#include <optional>
#include <string>

#include "protocol/inner.h"
#include "protocol/websocket.h"
#include "session/detail/message_stats.h"
#include "session/detail/shared.h"
#include "session/finished.h"

namespace mogura::session::detail {

class OpaqueLayer {
 public:
  enum class Framing : std::uint8_t { kNone, kWebSocket };

  OpaqueLayer(Shared& shared, Framing framing) : shared_(shared), framing_(framing) {}

  void on_data(Direction direction, ByteView bytes, Timestamp time, MessageStats& stats);
  void on_gap(Direction direction, std::uint64_t length, bool is_cut, bool is_own_message, Timestamp time,
              MessageStats& stats);
  // The connection is over. Writes the inner protocol and the key of the early bytes.
  void finish(Finished& record);

 private:
  struct Way {
    std::string early;
    bool is_final = false;
    protocol::WebSocketReader frames;
  };

  Way& way(Direction direction) { return ways_[static_cast<std::size_t>(direction)]; }
  void keep(Way& w, ByteView bytes);
  void recognise();

  Shared& shared_;
  Framing framing_;
  bool is_recognised_ = false;
  protocol::Inner inner_ = protocol::Inner::kNone;
  std::array<Way, 2> ways_;
};

}  // namespace mogura::session::detail
