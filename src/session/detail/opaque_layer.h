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
  // The connection is over: the inner protocol is what it looks like.
  void finish();
  // Whether inner() is final.
  [[nodiscard]] bool is_recognised() const { return is_recognised_; }
  [[nodiscard]] protocol::Inner inner() const { return inner_; }
  // Sets the key of the early bytes, if there are enough.
  void write_key(PairingKeys& keys) const;

 private:
  struct Way {
    std::string early;
    bool is_final = false;
    bool lost_frames = false;  // what follows is no frame, or begins within one
    protocol::WebSocketReader frames;
  };

  Way& way(Direction direction) { return ways_[static_cast<std::size_t>(direction)]; }
  [[nodiscard]] const Way& way(Direction direction) const {
    return ways_[static_cast<std::size_t>(direction)];
  }
  // What the bytes carry: themselves, or the payload of frames (scratch; not all of it).
  ByteView payload_of(Way& w, ByteView bytes);
  void recognise();

  Shared& shared_;
  Framing framing_;
  bool is_recognised_ = false;
  protocol::Inner inner_ = protocol::Inner::kNone;
  std::array<Way, 2> ways_;
};

}  // namespace mogura::session::detail
