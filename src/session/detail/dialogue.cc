#include "session/detail/dialogue.h"

#include <algorithm>

#include "base/text.h"

namespace mogura::session::detail {

using packet::Side;

Dialogue::Dialogue(Shared& shared) : shared_(shared), record_(shared.take_record()) {}

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

void Dialogue::on_end(Side from) {
  way(from).has_ended = true;
  if (phase_ == Phase::kUndecided && way(from).held != nullptr) decide(from, {}, false);
  drain();
  finish_heads();
}

// --- what waits ---

void Dialogue::hold(Side side, const Piece& piece) {
  hold_piece(side, piece);
  const Held& held = *way(side).held;
  if (held.bytes() <= shared_.limits.held_bytes && held.pieces() <= kHeldPieces &&
      shared_.held_bytes <= Shared::kHeldBytes) {
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
  } else if (phase_ == Phase::kHttp && http_->is_waiting() && side == client_) {
    if (http_->give_up_waiting() == HttpLayer::Event::kTunnel) enter_tunnel();
  }
  drain();
  is_forced_ = false;
}

void Dialogue::drain() {
  bool progress = true;
  while (progress) {
    progress = drain(client_);
    progress = drain(packet::opposite(client_)) || progress;
  }
}

// A head that nothing can complete any more counts as far as it goes. What waited for it goes on.
void Dialogue::finish_heads() {
  for (const Side side : {client_, packet::opposite(client_)}) {
    const Way& w = way(side);
    if (phase_ != Phase::kHttp || !w.has_ended || w.held != nullptr) continue;
    if (side == client_) {
      http_->finish_up(w.offset);
    } else {
      switch_layer(http_->finish_down());
    }
    drain();
  }
}

bool Dialogue::drain(Side side) {
  bool progress = false;
  Way& w = way(side);
  while (w.held != nullptr) {
    const Piece piece = w.held->front();
    if (piece.gap_length != 0) {
      if (!consume_gap(side, piece)) break;
      w.held->pop(0);
    } else {
      const std::size_t consumed = consume(side, piece);
      if (consumed == 0) break;
      w.held->pop(consumed);
      shared_.held_bytes -= consumed;
    }
    progress = true;
    if (w.held->empty()) w.held.reset();
  }
  return progress;
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
    tls_->on_data(direction, piece.bytes, piece.delivery.time, stats_);
  } else {
    opaque_->on_data(direction, piece.bytes, piece.delivery.time, stats_);
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
  const HttpLayer::Step step = side == client_ ? http_->feed_up(piece.bytes, w.offset, piece.delivery)
                                               : http_->feed_down(piece.bytes, w.offset, piece.delivery,
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

// A payload counts once, however many heads it holds.
void Dialogue::count_message(Side side, const Piece& piece) {
  if (piece.is_rest) return;
  stats_.add(direction_of(side), static_cast<std::uint32_t>(piece.bytes.size()), piece.delivery.time,
             shared_.limits);
}

bool Dialogue::consume_gap(Side side, const Piece& gap) {
  if (phase_ == Phase::kUndecided) {
    way(side).lost_start = true;
    decide(side, {}, is_forced_);
    if (phase_ == Phase::kUndecided) return false;
  }
  if (phase_ == Phase::kHttp && side == client_ && http_->is_waiting()) {
    const bool is_of_bytes_before = gap.is_rest && gap.gap_kind == packet::GapKind::kCutByCapture;
    if (!is_of_bytes_before || !http_->is_in_partial_head()) return false;
  }
  pass_gap(side, gap);
  way(side).offset += gap.gap_length;
  return true;
}

void Dialogue::pass_gap(Side side, const Piece& gap) {
  const Direction direction = direction_of(side);
  const bool is_cut = gap.gap_kind == packet::GapKind::kCutByCapture;
  const bool is_own = is_cut && !gap.is_rest;
  const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(gap.gap_length, UINT32_MAX));
  switch (phase_) {
    case Phase::kHttp:
      if (is_own) stats_.add(direction, length, gap.delivery.time, shared_.limits);
      if (is_cut && !is_own) stats_.lengthen_last(direction, length, shared_.limits);
      if (side == client_)
        http_->skip_up(gap.gap_length, way(side).offset);
      else
        switch_layer(http_->skip_down(gap.gap_length));
      break;
    case Phase::kTls:
      tls_->on_gap(direction, gap.gap_length, is_cut, is_own, gap.delivery.time, stats_);
      break;
    case Phase::kOpaque:
      opaque_->on_gap(direction, gap.gap_length, is_cut, is_own, gap.delivery.time, stats_);
      break;
    case Phase::kUndecided:
      break;
  }
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
  missed_user_agent_ = missed_user_agent_ || (http_ && http_->missed_user_agent());
  http_.reset();
  phase_ = Phase::kUndecided;
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
  http_.emplace(shared_, *record_, depth_, missed_user_agent_);
}

void Dialogue::enter_tls() {
  phase_ = Phase::kTls;
  if (!inner_known_) {
    record_->session.inner = protocol::Inner::kTls;
    inner_known_ = true;
  }
  stats_.clear();
  tls_.emplace(shared_, *record_);
}

void Dialogue::enter_opaque(OpaqueLayer::Framing framing) {
  phase_ = Phase::kOpaque;
  opaque_.emplace(shared_, framing);
}

void Dialogue::enter_tunnel() {
  answer_offset_ = http_->answer_offset();
  leave_layer();
  if (depth_ == 0) stats_.clear();
  way(client_).saw_early_check = false;
  if (++depth_ > kMaxDepth) enter_opaque(OpaqueLayer::Framing::kNone);
}

void Dialogue::enter_upgraded() {
  const std::string token = http_->upgrade_token();
  leave_layer();
  if (!is_upgraded_) {
    record_->session.upgrade = token;
    record_->session.inner = protocol::Inner::kNone;  // what runs inside is now what runs inside the upgrade
    inner_known_ = false;
  }
  is_upgraded_ = true;
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
  while (phase_ == Phase::kHttp && http_->is_waiting()) {
    if (http_->give_up_waiting() == HttpLayer::Event::kTunnel) enter_tunnel();
    drain();
    finish_heads();
  }
  conclude();
  return std::move(record_);
}

void Dialogue::conclude() {
  Session& session = record_->session;
  if (tls_) tls_->finish();
  if (opaque_) {
    const protocol::Inner before = session.inner;
    opaque_->finish(*record_);
    if (inner_known_) session.inner = before;
  }
  // A CONNECT that was declined: nothing came after its dialogue.
  if (session.has_connect() && depth_ == 0 && !is_upgraded_) stats_.clear();
  stats_.write_to(session);
  if (is_upgraded_) {
    session.kind = Kind::kWebSocket;
  } else if (session.has_connect()) {
    session.kind = session.inner == protocol::Inner::kTls && depth_ == 1 ? Kind::kSsl : Kind::kConnect;
  } else {
    session.kind = session.methods.empty() && session.status.empty() ? Kind::kOther : Kind::kGetPost;
  }
}

}  // namespace mogura::session::detail
