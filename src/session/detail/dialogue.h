#pragma once

// What one connection says, from its first payload byte to its end: decides who is the client, finds HTTP,
// TLS or something else, follows CONNECT and Upgrade into what comes after, and fills the session record.
//
//                 request or response seen                CONNECT 2xx: depth + 1
//   undecided ───────────────────────────────► http ───────────────────────────────► undecided (again)
//       │                                        │ 101
//       │ ClientHello, ServerHello, records      └────────► undecided, or opaque in WebSocket frames
//       ├───────────────────────────────────► tls
//       └ neither, by the client's bytes ────► opaque
//
// Capture order between the two directions is an accident, so nothing depends on it: bytes that need the
// other direction wait (detail/held.h), and causes are told by acknowledgment numbers. One thread.

#include <array>
#include <memory>
#include <optional>
#include <variant>

#include "packet/tcp.h"
#include "session/detail/held.h"
#include "session/detail/http_layer.h"
#include "session/detail/message_stats.h"
#include "session/detail/opaque_layer.h"
#include "session/detail/shared.h"
#include "session/detail/tls_layer.h"
#include "session/finished.h"

namespace mogura::session::detail {

class Dialogue {
 public:
  // CONNECT in CONNECT in … is followed this deep; deeper, what is inside counts as opaque.
  static constexpr unsigned kMaxDepth = 4;
  // Pieces (segments, gaps) held per direction; beyond, as for Limits::held_bytes.
  static constexpr std::size_t kHeldPieces = 1024;

  explicit Dialogue(Shared& shared);
  ~Dialogue();
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;

  // The side that opened the TCP connection, where that was seen: a tie-breaker only.
  void set_initiator(packet::Side side) {
    initiator_ = side;
    has_initiator_ = true;
  }
  // The capture began after the connection.
  void set_midstream() { is_midstream_ = true; }
  // The first and the latest packet so far; before the first delivery, so_far() and finish().
  void set_times(Timestamp start, Timestamp end) {
    stats_.set_start(start);
    end_ = end;
  }

  void on_data(packet::Side from, ByteView bytes, const packet::Delivery& delivery);
  void on_gap(packet::Side from, std::uint64_t length, packet::GapKind kind,
              const packet::Delivery& delivery);
  // Bytes of a payload of its own that nobody looked at.
  void on_unseen(packet::Side from, std::uint64_t length, const packet::Delivery& delivery) {
    way(from).last_was_data = false;
    on_gap(from, length, packet::GapKind::kCutByCapture, delivery);
  }
  // `closed`: when its sender closed it; nothing if the connection was reset, or given up.
  void on_end(packet::Side from, std::optional<Timestamp> closed = {});

  // The connection is over: decides what was still open and hands out the record, filled but for the
  // endpoints and packet counts. Call once.
  FinishedPtr finish();

  // True once for each step of a live session that Table::observe() tells of.
  bool takes_step();
  // The record as far as it goes, filled like that of finish(); while takes_step() is true.
  Finished& so_far();

  [[nodiscard]] packet::Side client_side() const { return client_; }

 private:
  enum class Phase : std::uint8_t { kUndecided, kHttp, kTls, kOpaque };
  struct Way {
    std::unique_ptr<Held> held;  // null: nothing waits
    std::uint64_t offset = 0;    // bytes of the stream consumed, gaps included
    bool has_ended = false;
    std::optional<Timestamp> closed;
    bool lost_start = false;       // a gap stood where this layer's first bytes should be
    bool last_was_data = false;    // the latest delivery was bytes: a cut that follows belongs to them
    std::size_t header_left = 0;   // of a load balancer's header
    bool saw_early_check = false;  // the first tunnel bytes have been checked for coming early
  };
  using Piece = Held::Piece;

  // Null outside their phase.
  HttpLayer* http() { return std::get_if<HttpLayer>(&layer_); }
  TlsLayer* tls() { return std::get_if<TlsLayer>(&layer_); }
  OpaqueLayer* opaque() { return std::get_if<OpaqueLayer>(&layer_); }
  Way& way(packet::Side side) { return ways_[static_cast<std::size_t>(side)]; }
  Direction direction_of(packet::Side side) const {
    return side == client_ ? Direction::kUp : Direction::kDown;
  }

  std::size_t consume(packet::Side side, const Piece& piece);
  // The header of a load balancer before the connection's own bytes is passed over: how much of the piece
  // belongs to it, or nothing while that cannot be told.
  std::optional<std::size_t> skip_balancer_header(packet::Side side, const Piece& piece);
  std::size_t consume_http(packet::Side side, const Piece& piece);
  bool consume_gap(packet::Side side, const Piece& gap);
  void pass_gap(packet::Side side, const Piece& gap);
  void hold(packet::Side side, const Piece& piece);
  void hold_piece(packet::Side side, const Piece& piece);
  void check_held(packet::Side side);
  void drain();
  bool drain_one(packet::Side side);
  void force(packet::Side side);
  void finish_heads();

  // detail/dialogue_decide.cc: leaves kUndecided when the first bytes of the layer allow it. `direct`: bytes
  // of `side` that are not held.
  void decide(packet::Side side, ByteView direct, bool forced);
  struct First;
  [[nodiscard]] First first_of(packet::Side side, ByteView direct);
  bool decide_by_client(packet::Side side, const First& first);
  bool decide_by_server(packet::Side side, const First& first);
  [[nodiscard]] packet::Side likely_client() const;

  void set_client(packet::Side side);
  bool switch_layer(HttpLayer::Event event);
  void enter_http();
  void enter_tls();
  void enter_opaque(OpaqueLayer::Framing framing);
  void enter_tunnel();
  void enter_upgraded();
  void leave_layer();
  void check_early(const Piece& piece);
  void count_message(packet::Side side, const Piece& piece);
  void pass_http_gap(packet::Side side, const Piece& gap);
  void count_cut(Direction direction, const Piece& gap);
  // What will be said of the session's kind and what is inside will not change, but by a later CONNECT or
  // Upgrade.
  [[nodiscard]] bool is_settled();
  void conclude();
  void describe(bool is_over);
  [[nodiscard]] Kind kind() const;

  static constexpr std::uint64_t kNoStep = UINT64_MAX;

  Shared& shared_;
  FinishedPtr record_;
  Phase phase_ = Phase::kUndecided;
  bool client_known_ = false;
  bool has_initiator_ = false;
  bool is_midstream_ = false;
  bool is_upgraded_ = false;
  bool is_forced_ = false;
  bool inner_known_ = false;
  packet::Side client_ = packet::Side::kLow;
  packet::Side initiator_ = packet::Side::kLow;
  packet::Side first_speaker_ = packet::Side::kLow;
  bool anybody_spoke_ = false;
  bool missed_user_agent_ = false;   // see HttpLayer
  unsigned depth_ = 0;               // CONNECTs opened
  std::uint64_t answer_offset_ = 0;  // of the answer that opened the latest tunnel, in the way down
  std::array<Way, 2> ways_;
  Timestamp end_{};
  std::uint64_t step_ = kNoStep;  // the latest that takes_step() told
  std::size_t presentable_ = 0;   // messages of HTTP around an inner tunnel
  MessageStats stats_;
  std::variant<std::monostate, HttpLayer, TlsLayer, OpaqueLayer> layer_;  // that of the phase
};

}  // namespace mogura::session::detail
