// Telling HTTP, TLS and the rest apart by the first bytes of a layer, and who is the client by who sends the
// request.

#include "protocol/tls_records.h"
#include "session/detail/dialogue.h"

namespace mogura::session::detail {
namespace {

using packet::Side;
using protocol::Likeness;

constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kApplicationData = 23;
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;

// A TLS handshake record that begins with a message of this type (RFC 8446 §4).
Likeness looks_like_handshake(ByteView bytes, std::uint8_t type) {
  const auto differs = [bytes](std::size_t at, auto accepts) {
    return bytes.size() > at && !accepts(bytes[at]);
  };
  if (differs(0, [](std::uint8_t b) { return b == kHandshakeRecord; }) ||
      differs(1, [](std::uint8_t b) { return b == 3; }) ||
      differs(2, [](std::uint8_t b) { return b <= 4; }) ||
      differs(5, [type](std::uint8_t b) { return b == type; })) {
    return Likeness::kNo;
  }
  return bytes.size() > 5 ? Likeness::kYes : Likeness::kNeedMore;
}

// Records from the middle of a TLS connection.
bool looks_like_application_data(ByteView bytes) {
  return bytes.size() >= protocol::TlsRecords::kHeaderBytes && bytes[0] == kApplicationData &&
         protocol::TlsRecords::plausible(bytes.data()) && load_be16(&bytes[1]) == 0x0303 &&
         load_be16(&bytes[3]) != 0;
}

}  // namespace

// The first bytes of a side in this layer, and whether more can still be added to them.
struct Dialogue::First {
  ByteView bytes;
  bool is_final = false;

  [[nodiscard]] bool excludes(Likeness likeness) const {
    return likeness == Likeness::kNo || (likeness == Likeness::kNeedMore && is_final);
  }
  [[nodiscard]] Likeness as_request() const {
    return bytes.empty() ? Likeness::kNeedMore : protocol::looks_like_request(bytes);
  }
  [[nodiscard]] Likeness as_response() const {
    return bytes.empty() ? Likeness::kNeedMore : protocol::looks_like_response(bytes);
  }
};

Dialogue::First Dialogue::first_of(Side side, ByteView direct) {
  const Way& w = way(side);
  if (w.held == nullptr) return {direct, w.has_ended || w.lost_start};
  return {w.held->leading_bytes(), w.has_ended || w.lost_start || w.held->has_gap()};
}

void Dialogue::decide(Side side, ByteView direct, bool forced) {
  if (!anybody_spoke_) {
    anybody_spoke_ = true;
    first_speaker_ = side;
  }
  const Side other = packet::opposite(side);
  First mine = first_of(side, direct);
  First theirs = first_of(other, {});
  if (forced) mine.is_final = theirs.is_final = true;

  const First& low = side == Side::kLow ? mine : theirs;
  const First& high = side == Side::kLow ? theirs : mine;
  const First* first_by_side[] = {&low, &high};
  const auto first = [&](Side s) -> const First& { return *first_by_side[static_cast<std::size_t>(s)]; };

  if (client_known_) {
    if (decide_by_client(client_, first(client_))) return;
    if (first(client_).bytes.empty() && first(client_).is_final)
      decide_by_server(packet::opposite(client_), first(packet::opposite(client_)));
    if (phase_ != Phase::kUndecided) return;
    const bool client_excluded = !first(client_).bytes.empty() || first(client_).is_final;
    const First& up = first(client_);
    if (client_excluded && up.excludes(up.as_request()) &&
        up.excludes(looks_like_handshake(up.bytes, kClientHello))) {
      enter_opaque(OpaqueLayer::Framing::kNone);
    }
    return;
  }
  if (decide_by_client(side, mine) || decide_by_client(other, theirs)) return;
  if (decide_by_server(side, mine) || decide_by_server(other, theirs)) return;

  const auto excluded = [](const First& f) {
    return f.excludes(f.as_request()) && f.excludes(looks_like_handshake(f.bytes, kClientHello)) &&
           f.excludes(f.as_response()) && f.excludes(looks_like_handshake(f.bytes, kServerHello));
  };
  const bool opener_excluded =
      has_initiator_ && !first(initiator_).bytes.empty() && excluded(first(initiator_));
  if (opener_excluded || (excluded(mine) && excluded(theirs))) {
    set_client(likely_client());
    enter_opaque(OpaqueLayer::Framing::kNone);
  }
}

// True if these bytes are what a client sends: then their sender is the client.
bool Dialogue::decide_by_client(Side side, const First& first) {
  if (first.bytes.empty()) return false;
  if (first.as_request() == Likeness::kYes) {
    set_client(side);
    enter_http();
    return true;
  }
  const Likeness hello = looks_like_handshake(first.bytes, kClientHello);
  const bool cut_hello = hello == Likeness::kNeedMore && first.is_final && first.bytes.size() >= 3;
  const bool in_the_middle =
      (is_midstream_ || way(side).lost_start) && looks_like_application_data(first.bytes);
  if (hello != Likeness::kYes && !cut_hello && !in_the_middle) return false;
  set_client(in_the_middle ? likely_client() : side);
  enter_tls();
  return true;
}

// True if these bytes are what a server sends: then the other side is the client.
bool Dialogue::decide_by_server(Side side, const First& first) {
  if (first.bytes.empty()) return false;
  const bool is_response = first.as_response() == Likeness::kYes;
  if (!is_response && looks_like_handshake(first.bytes, kServerHello) != Likeness::kYes) return false;
  set_client(packet::opposite(side));
  is_response ? enter_http() : enter_tls();
  return true;
}

Side Dialogue::likely_client() const {
  if (client_known_) return client_;
  return has_initiator_ ? initiator_ : first_speaker_;
}

}  // namespace mogura::session::detail
