// OpenVPN over TCP: the hard reset that each side begins with (the wire protocol is described in
// doc_protocol_overview.h and ssl_pkt.h of OpenVPN's sources). Both directions have 16 bits of length, then
// opcode and key id 0:
//
//   plain      LL LL op | session 8                                | acks | message id 0
//   tls-auth   LL LL op | session 8 | HMAC n | packet id, time     | acks | message id 0
//   tls-crypt  LL LL op | session 8 | packet id, time | HMAC 32    | acks | message id 0, encrypted | wrapped
//   client key (V3)
//
// where acks is 00 from the client, and 01 00000000 with the client's session id from the server.

#include "protocol/detail/inner_recognisers.h"
#include "protocol/detail/inner_scan.h"

namespace mogura::protocol::inner {
namespace {

constexpr std::uint8_t kClientV1 = 1 << 3;
constexpr std::uint8_t kServerV1 = 2 << 3;
constexpr std::uint8_t kClientV2 = 7 << 3;
constexpr std::uint8_t kServerV2 = 8 << 3;
constexpr std::uint8_t kClientV3 = 10 << 3;

constexpr std::size_t kSession = 8;
constexpr std::size_t kMessageId = 4;
constexpr std::size_t kPacketIdAndTime = 8;
constexpr std::size_t kCryptHmac = 32;
// Beyond this no reset grows: the wrapped client key has at most 1024 bytes.
constexpr std::size_t kMostReset = 1 + kSession + kPacketIdAndTime + kCryptHmac + 5 + 1024;
// Tag, 256 bytes of key, length.
constexpr std::size_t kLeastWrappedKey = 32 + 256 + 2;
// The server may add a few options (early negotiation).
constexpr std::size_t kMostOptions = 64;

bool is_client_reset(std::uint8_t opcode) {
  return opcode == kClientV1 || opcode == kClientV2 || opcode == kClientV3;
}
bool is_server_reset(std::uint8_t opcode) {
  return opcode == kServerV1 || opcode == kServerV2;
}

// The first packet of a session, and the same from a client that offers early negotiation.
bool is_first_packet_id(std::uint32_t id) {
  return id == 1 || id == 0x0F000001;
}

// The size of what lies between session id and acknowledgments tells what HMAC there is: none, or MD5 to
// SHA-512.
bool is_wrapping(std::size_t size) {
  switch (size) {
    case 0:
    case kPacketIdAndTime + 16:
    case kPacketIdAndTime + 20:
    case kPacketIdAndTime + 28:
    case kPacketIdAndTime + 32:
    case kPacketIdAndTime + 48:
    case kPacketIdAndTime + 64:
      return true;
    default:
      return false;
  }
}

struct Side {
  bool is_server;
  // Acknowledgments and message id.
  [[nodiscard]] std::size_t tail() const {
    return is_server ? 1 + 4 + kSession + kMessageId : 1 + kMessageId;
  }
};

// `body` is what follows the session id, `size` its length as declared.
Match clear_body(ByteView body, std::size_t size, Side side) {
  if (size < side.tail() || !is_wrapping(size - side.tail())) return Match::kNo;
  const std::size_t wrapping = size - side.tail();
  Scan scan(body);
  if (wrapping != 0) {
    scan.skip(wrapping - kPacketIdAndTime);
    scan.expect(is_first_packet_id(scan.u32()));
    scan.skip(4);
  }
  scan.expect(scan.u8() == (side.is_server ? 1 : 0));
  if (side.is_server) {
    scan.expect(scan.u32() == 0);
    scan.skip(kSession);
  }
  scan.expect(scan.u32() == 0);
  return scan.match();
}

Match encrypted_body(ByteView body, std::size_t size, Side side, std::uint8_t opcode) {
  const std::size_t least = kPacketIdAndTime + kCryptHmac + side.tail();
  if (size < least) return Match::kNo;
  const std::size_t beyond = size - least;
  if (opcode == kClientV3 ? beyond < kLeastWrappedKey : beyond > (side.is_server ? kMostOptions : 0)) {
    return Match::kNo;
  }
  Scan scan(body);
  scan.expect(is_first_packet_id(scan.u32()));
  return scan.match();
}

Match reset(ByteView bytes, Side side) {
  Scan scan(bytes);
  const std::size_t length = scan.u16();
  scan.expect(length >= 1 + kSession + side.tail() && length <= kMostReset);
  const std::uint8_t opcode = scan.u8();
  scan.expect(side.is_server ? is_server_reset(opcode) : is_client_reset(opcode));
  scan.skip(kSession);
  if (!scan.ok()) return scan.match();
  const std::size_t size = length - 1 - kSession;
  return better(clear_body(scan.rest(), size, side), encrypted_body(scan.rest(), size, side, opcode));
}

// Whatever the wrapping: the server's reset ends with the client's session id and message id 0.
Verdict answered(const EarlyBytes& early) {
  Scan client(early.up);
  client.expect(client.u16() >= 1 + kSession);
  client.expect(is_client_reset(client.u8()));
  const ByteView session = client.take(kSession);
  Scan server(early.down);
  const std::size_t length = server.u16();
  server.expect(length >= 1 + 2 * kSession + kMessageId && length <= kMostReset);
  server.expect(is_server_reset(server.u8()));
  if (server.ok() && client.ok()) {
    server.skip(length - 1 - kSession - kMessageId);
    server.literal(session);
    server.expect(server.u32() == 0);
  }
  const Match up = settled(client.match(), early.up_is_final);
  const Match down = settled(server.match(), early.down_is_final);
  if (up == Match::kNo || down == Match::kNo) return Verdict::kNo;
  return up == Match::kYes && down == Match::kYes ? Verdict::kYes : Verdict::kMaybe;
}

}  // namespace

Verdict judge_openvpn(const EarlyBytes& early) {
  const Verdict by_reset = by_client(early, reset(early.up, Side{false}), reset(early.down, Side{true}));
  return by_reset == Verdict::kYes ? by_reset : better(by_reset, answered(early));
}

}  // namespace mogura::protocol::inner
