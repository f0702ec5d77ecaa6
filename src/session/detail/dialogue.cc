#include "session/detail/dialogue.h"

#include <algorithm>

#include "base/text.h"

namespace mogura::session::detail {

using packet::Side;

Dialogue::Dialogue(Shared& shared)
    : shared_(shared),
      record_(shared.take_record()),
      stats_(shared.limits, record_->session, shared.message_memory) {}

Dialogue::~Dialogue() {
  for (Way& w : ways_) {
    if (w.held != nullptr) shared_.held_bytes -= w.held->bytes();
  }
}

// --- deliveries ---

void Dialogue::on_data(Side from, ByteView bytes, const packet::Delivery& delivery) {
  Way& w = way(from);
  w.last_was_data = true;
  Piece piece{bytes, 0, packet::GapKind::kNotCaptured, delivery, false};
  if (phase_ == Phase::kUndecided && way(packet::opposite(from)).held != nullptr) {
    // These bytes may settle what the other side's are; those were sent before.
    hold_piece(from, piece);
    drain();
    return check_held(from);
  }
  if (w.held == nullptr) {
    const std::size_t consumed = consume(from, piece);
    if (consumed < bytes.size()) {
      piece.bytes = bytes.subspan(consumed);
      piece.is_rest = consumed != 0;
      hold(from, piece);
    }
    if (way(packet::opposite(from)).held == nullptr && w.held == nullptr) return;
  } else {
    hold(from, piece);
  }
  drain();
}

void Dialogue::on_gap(Side from, std::uint64_t length, packet::GapKind kind,
                      const packet::Delivery& delivery) {
  Session& session = record_->session;
  session.truncated = session.truncated || kind == packet::GapKind::kCutByCapture;
  if (kind == packet::GapKind::kNotCaptured) session.gaps_bytes += length;
  Way& w = way(from);
  const Piece gap{{}, length, kind, delivery, w.last_was_data};
  w.last_was_data = false;
  if (w.held != nullptr || !consume_gap(from, gap)) hold(from, gap);
  drain();
}

void Dialogue::on_end(Side from, std::optional<Timestamp> closed) {
  way(from).has_ended = true;
  way(from).closed = closed;
  if (phase_ == Phase::kUndecided && way(from).held != nullptr) decide(from, {}, false);
  drain();
  finish_heads();
}

// --- what waits ---

void Dialogue::hold(Side side, const Piece& piece) {
  hold_piece(side, piece);
  check_held(side);
}

// Beyond the limits nothing is waited for.
void Dialogue::check_held(Side side) {
  const Held* held = way(side).held.get();
  if (held == nullptr || (held->bytes() <= shared_.limits.held_bytes && held->pieces() <= kHeldPieces &&
                          shared_.held_bytes <= Shared::kHeldBytes)) {
    return;
  }
  ++shared_.counters.held_overflows;
  record_->session.truncated = true;
  force(side);
}

void Dialogue::hold_piece(Side side, const Piece& piece) {
  Way& w = way(side);
  if (w.held == nullptr) w.held = std::make_unique<Held>();
  if (piece.gap_length != 0) {
    w.held->push_gap(piece.gap_length, piece.gap_kind, piece.delivery, piece.is_rest);
  } else {
    w.held->push(piece.bytes, piece.delivery, piece.is_rest);
    shared_.held_bytes += piece.bytes.size();
  }
}

// Nothing more is waited for: decides with what there is.
void Dialogue::force(Side side) {
  is_forced_ = true;
  if (phase_ == Phase::kUndecided) {
    decide(side, {}, true);
  } else if (phase_ == Phase::kHttp && http()->is_waiting() && side == client_) {
    if (http()->give_up_waiting() == HttpLayer::Event::kTunnel) enter_tunnel();
  }
  drain();
  is_forced_ = false;
}

// In order of time, so that messages are counted in the order in which they were sent.
void Dialogue::drain() {
  while (true) {
    const Side server = packet::opposite(client_);
    const Held* up = way(client_).held.get();
    const Held* down = way(server).held.get();
    if (up == nullptr && down == nullptr) return;
    const bool is_down_first =
        up == nullptr || (down != nullptr && down->front().delivery.time < up->front().delivery.time);
    const Side first = is_down_first ? server : client_;
    if (!drain_one(first) && !drain_one(packet::opposite(first))) return;
  }
}

// What waits longest of this side, as far as it can be understood; false if that is nothing.
bool Dialogue::drain_one(Side side) {
  Way& w = way(side);
  if (w.held == nullptr) return false;
  const Piece piece = w.held->front();
  if (piece.gap_length != 0) {
    if (!consume_gap(side, piece)) return false;
    w.held->pop(0);
  } else {
    const std::size_t consumed = consume(side, piece);
    if (consumed == 0) return false;
    w.held->pop(consumed);
    shared_.held_bytes -= consumed;
  }
  if (w.held->empty()) w.held.reset();
  return true;
}

// A head that nothing can complete any more counts as far as it goes. What waited for it goes on.
void Dialogue::finish_heads() {
  for (const Side side : {client_, packet::opposite(client_)}) {
    const Way& w = way(side);
    if (phase_ != Phase::kHttp || !w.has_ended || w.held != nullptr) continue;
    if (side == client_) {
      http()->finish_up(w.offset, w.closed);
    } else {
      switch_layer(http()->finish_down(w.closed));
    }
    drain();
  }
}

// --- consuming ---

// Consumes as much of the piece as can be understood now; the rest waits.
std::size_t Dialogue::consume(Side side, const Piece& piece) {
  const bool is_first = way(side).offset == 0 || way(side).header_left != 0;
  if (is_first && (phase_ == Phase::kUndecided || phase_ == Phase::kHttp) && depth_ == 0) {
    const std::optional<std::size_t> header = skip_balancer_header(side, piece);
    if (!header && !is_forced_) return 0;
    if (header.value_or(0) != 0) return *header;
  }
  if (phase_ == Phase::kUndecided) {
    decide(side, piece.bytes, is_forced_);
    if (phase_ == Phase::kUndecided) return 0;
  }
  if (side == client_ && depth_ > 0) check_early(piece);
  if (phase_ == Phase::kHttp) return consume_http(side, piece);
  const Direction direction = direction_of(side);
  if (phase_ == Phase::kTls) {
    tls()->on_data(direction, piece.bytes, piece.delivery.time, stats_);
  } else {
    opaque()->on_data(direction, piece.bytes, piece.delivery.time, stats_);
  }
  way(side).offset += piece.bytes.size();
  return piece.bytes.size();
}

std::optional<std::size_t> Dialogue::skip_balancer_header(Side side, const Piece& piece) {
  Way& w = way(side);
  if (w.header_left == 0) {
    const std::optional<std::size_t> bytes =
        protocol::proxy_protocol_bytes(w.held == nullptr ? piece.bytes : w.held->leading_bytes());
    if (!bytes) return {};
    w.header_left = *bytes;
  }
  const std::size_t skipped = std::min(w.header_left, piece.bytes.size());
  w.header_left -= skipped;
  w.offset += skipped;
  return skipped;
}

std::size_t Dialogue::consume_http(Side side, const Piece& piece) {
  Way& w = way(side);
  const HttpLayer::Step step = side == client_ ? http()->feed_up(piece.bytes, w.offset, piece.delivery)
                                               : http()->feed_down(piece.bytes, w.offset, piece.delivery,
                                                                   way(client_).offset, is_forced_);
  w.offset += step.consumed;
  if (step.consumed != 0) count_message(side, piece);
  const bool has_rest = step.consumed < piece.bytes.size();
  if (step.event == HttpLayer::Event::kTunnel && step.consumed != 0 && has_rest) {
    record_->session.flag(ConnectAnomaly::kEarlyServerData);
  }
  if (!switch_layer(step.event) || !has_rest) return step.consumed;
  Piece rest = piece;
  rest.bytes = piece.bytes.subspan(step.consumed);
  rest.is_rest = step.consumed != 0;
  // Bytes behind a switch of protocols: consumed by the next layer, or they wait for it.
  return step.consumed + (w.held == nullptr ? consume(side, rest) : 0);
}

bool Dialogue::consume_gap(Side side, const Piece& gap) {
  if (phase_ == Phase::kUndecided) {
    way(side).lost_start = true;
    decide(side, {}, is_forced_);
    if (phase_ == Phase::kUndecided) return false;
  }
  if (phase_ == Phase::kHttp && side == client_ && http()->is_waiting()) {
    const bool is_of_bytes_before = gap.is_rest && gap.gap_kind == packet::GapKind::kCutByCapture;
    if (!is_of_bytes_before || !http()->is_in_partial_head()) return false;
  }
  pass_gap(side, gap);
  way(side).offset += gap.gap_length;
  return true;
}

void Dialogue::pass_gap(Side side, const Piece& gap) {
  const Direction direction = direction_of(side);
  const bool is_cut = gap.gap_kind == packet::GapKind::kCutByCapture;
  const bool is_own = is_cut && !gap.is_rest;
  switch (phase_) {
    case Phase::kHttp:
      pass_http_gap(side, gap);
      break;
    case Phase::kTls:
      tls()->on_gap(direction, gap.gap_length, is_cut, is_own, gap.delivery.time, stats_);
      break;
    case Phase::kOpaque:
      opaque()->on_gap(direction, gap.gap_length, is_cut, is_own, gap.delivery.time, stats_);
      break;
    case Phase::kUndecided:
      break;
  }
}

void Dialogue::pass_http_gap(Side side, const Piece& gap) {
  const Direction direction = direction_of(side);
  HttpLayer::Event event = HttpLayer::Event::kNone;
  if (side == client_)
    http()->skip_up(gap.gap_length, way(side).offset);
  else
    event = http()->skip_down(gap.gap_length);
  if (gap.gap_kind == packet::GapKind::kCutByCapture) count_cut(direction, gap);
  switch_layer(event);
}

// The first bytes of a tunnel, sent before the answer had been seen by the client.
void Dialogue::check_early(const Piece& piece) {
  Way& w = way(client_);
  if (w.saw_early_check) return;
  w.saw_early_check = true;
  if (piece.delivery.acknowledged == UINT64_MAX || piece.delivery.acknowledged > answer_offset_) return;
  record_->session.flag(ConnectAnomaly::kEarlyClientData);
}

// --- changing layers ---

void Dialogue::set_client(Side side) {
  if (client_known_) return;
  client_ = side;
  client_known_ = true;
}

void Dialogue::leave_layer() {
  if (http() != nullptr) {
    missed_user_agent_ = missed_user_agent_ || http()->missed_user_agent();
    http()->write_shape(end_, true);
  }
  layer_.emplace<std::monostate>();
  phase_ = Phase::kUndecided;
  step_ = kNoStep;
  for (Way& w : ways_) w.lost_start = false;
}

// Leaves the HTTP layer if this event of it says so.
bool Dialogue::switch_layer(HttpLayer::Event event) {
  switch (event) {
    case HttpLayer::Event::kNone:
    case HttpLayer::Event::kBlocked:
    case HttpLayer::Event::kUnblocked:
      return false;
    case HttpLayer::Event::kTunnel:
      enter_tunnel();
      return true;
    case HttpLayer::Event::kUpgraded:
      enter_upgraded();
      return true;
    case HttpLayer::Event::kNotHttp:
      leave_layer();
      enter_opaque(OpaqueLayer::Framing::kNone);
      return true;
  }
  return false;
}

void Dialogue::enter_http() {
  phase_ = Phase::kHttp;
  if (depth_ > 0 && !is_upgraded_ && !inner_known_) {
    record_->session.inner = protocol::Inner::kHttp;
    inner_known_ = true;
  }
  layer_.emplace<HttpLayer>(shared_, *record_, HttpLayer::Place{depth_, is_upgraded_, missed_user_agent_});
}

void Dialogue::enter_tls() {
  phase_ = Phase::kTls;
  if (!inner_known_) {
    record_->session.inner = protocol::Inner::kTls;
    inner_known_ = true;
  }
  stats_.clear();
  presentable_ = 0;
  layer_.emplace<TlsLayer>(shared_, *record_);
}

void Dialogue::enter_opaque(OpaqueLayer::Framing framing) {
  phase_ = Phase::kOpaque;
  layer_.emplace<OpaqueLayer>(shared_, framing);
}

void Dialogue::enter_tunnel() {
  answer_offset_ = http()->answer_offset();
  leave_layer();
  if (depth_ == 0) stats_.clear();
  presentable_ = stats_.kept_messages();
  way(client_).saw_early_check = false;
  if (++depth_ > kMaxDepth) enter_opaque(OpaqueLayer::Framing::kNone);
}

void Dialogue::enter_upgraded() {
  const std::string token = http()->upgrade_token();
  leave_layer();
  if (!is_upgraded_) {
    record_->session.upgrade = token;
    record_->session.inner = protocol::Inner::kNone;  // what runs inside is now what runs inside the upgrade
    inner_known_ = false;
  }
  is_upgraded_ = true;
  stats_.restart_keeping();
  presentable_ = 0;
  if (equals_ignoring_case(token, "websocket")) enter_opaque(OpaqueLayer::Framing::kWebSocket);
}

// --- the end ---

FinishedPtr Dialogue::finish() {
  is_forced_ = true;
  for (Way& w : ways_) w.has_ended = true;
  if (phase_ == Phase::kUndecided && (ways_[0].held != nullptr || ways_[1].held != nullptr)) {
    decide(ways_[0].held != nullptr ? Side::kLow : Side::kHigh, {}, true);
  }
  finish_heads();
  drain();
  finish_heads();
  // A CONNECT that was never answered: what the client sent all the same is shown as what it is.
  while (phase_ == Phase::kHttp && http()->is_waiting()) {
    if (http()->give_up_waiting() == HttpLayer::Event::kTunnel) enter_tunnel();
    drain();
    finish_heads();
  }
  conclude();
  return std::move(record_);
}

}  // namespace mogura::session::detail
