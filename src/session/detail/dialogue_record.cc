// What a dialogue counts of its HTTP, and what it says of all: at the end, and while it lives.

#include <algorithm>

#include "session/detail/dialogue.h"
#include "session/detail/redaction.h"

namespace mogura::session::detail {

using packet::Side;

// A payload counts once, however many heads it holds.
void Dialogue::count_message(Side side, const Piece& piece) {
  const Direction direction = direction_of(side);
  const auto length = static_cast<std::uint32_t>(piece.bytes.size());
  const Timestamp time = piece.delivery.time;
  if (http()->is_plain()) {
    const HttpLayer::Piece& body = http()->body_piece();
    if (!piece.is_rest) stats_.count(direction, length, time);
    if (body.length != 0) stats_.keep(direction, body.length, time, body.bytes);
  } else if (!piece.is_rest) {
    const std::size_t shown = std::min(piece.bytes.size(), shared_.limits.kept_bytes_per_message);
    stats_.add(direction, length, time,
               stats_.keeps(direction) ? presentable_http(piece.bytes.first(shown)) : ByteView());
  }
}

// What the capture cut off a payload was there.
void Dialogue::count_cut(Direction direction, const Piece& gap) {
  const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(gap.gap_length, UINT32_MAX));
  const std::uint32_t body = http()->body_piece().length;
  if (gap.is_rest) {
    stats_.lengthen_counted(direction, length);
    if (!http()->is_plain() || body != 0) {
      stats_.lengthen_kept(direction, http()->is_plain() ? body : length, gap.delivery.time);
    }
    return;
  }
  stats_.count(direction, length, gap.delivery.time);
  if (!http()->is_plain()) stats_.keep(direction, length, gap.delivery.time, {});
  if (http()->is_plain() && body != 0) stats_.keep(direction, body, gap.delivery.time, {});
}

void Dialogue::conclude() {
  if (tls() != nullptr) tls()->finish();
  if (opaque() != nullptr) opaque()->finish();
  // A CONNECT that was declined: nothing came after its dialogue.
  if (record_->session.has_connect() && depth_ == 0 && !is_upgraded_) stats_.clear();
  describe(true);
}

void Dialogue::describe(bool is_over) {
  Session& session = record_->session;
  if (opaque() != nullptr) {
    if (!inner_known_) session.inner = opaque()->inner();
    opaque()->write_key(record_->keys);
  }
  stats_.write(is_over);
  if (http() != nullptr) http()->write_shape(end_, is_over);
  session.kind = kind();
  // HTTP that is inside something was presentable when it was kept, pieces of bodies need not be.
  if (opaque() != nullptr) redact(session, presentable_);
}

Kind Dialogue::kind() const {
  const Session& session = record_->session;
  if (is_upgraded_) return Kind::kWebSocket;
  if (session.has_connect()) {
    return session.inner == protocol::Inner::kTls && depth_ == 1 ? Kind::kSsl : Kind::kConnect;
  }
  return session.methods.empty() && session.status.empty() ? Kind::kOther : Kind::kGetPost;
}

// --- while it lives ---

bool Dialogue::is_settled() {
  if (!client_known_ || ways_[0].held != nullptr || ways_[1].held != nullptr) return false;
  switch (phase_) {
    case Phase::kUndecided:
      return false;
    case Phase::kHttp:
      // Where a CONNECT was declined, another is to be expected.
      return http()->is_settled() && (depth_ > 0 || is_upgraded_ || !record_->session.has_connect());
    case Phase::kTls:
      return tls()->is_past_client_hello();
    case Phase::kOpaque:
      return opaque()->is_recognised();
  }
  return false;
}

bool Dialogue::takes_step() {
  constexpr std::uint64_t kEach = 64, kEvery16th = 1024;
  const std::uint64_t messages = stats_.count_of(Direction::kUp) + stats_.count_of(Direction::kDown);
  std::uint64_t step = messages;
  if (messages > kEach) step = kEach + (messages - kEach) / 16;
  if (messages > kEvery16th) step = kEach + (kEvery16th - kEach) / 16 + (messages - kEvery16th) / 256;
  if (step == step_ || !is_settled()) return false;
  step_ = step;
  return true;
}

Finished& Dialogue::so_far() {
  describe(false);
  return *record_;
}

}  // namespace mogura::session::detail
