#include "session/detail/tls_layer.h"

#include "base/hash.h"

namespace mogura::session::detail {
namespace {

// Handshake types of RFC 8446 §4 that are read.
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kCertificate = 11;
constexpr std::uint16_t kTls13 = 0x0304;

}  // namespace

void TlsLayer::on_data(Direction direction, ByteView bytes, Timestamp time, MessageStats& stats) {
  Way& w = way(direction);
  bool counted = false;
  w.records.feed(bytes, [&](std::uint8_t, std::uint32_t length) {
    stats.add(direction, length, time);
    counted = true;
  });
  if (w.records.is_lost() && !counted) {
    stats.add(direction, static_cast<std::uint32_t>(bytes.size()), time);
    w.counted_payload = true;
  } else {
    w.counted_payload = false;
  }
  if (!w.handshake_over) read_handshake(direction, bytes);
}

void TlsLayer::on_gap(Direction direction, std::uint64_t length, bool is_cut, bool is_own_message,
                      Timestamp time, MessageStats& stats) {
  Way& w = way(direction);
  const bool in_record = w.records.skip(length);
  if (is_cut && !in_record) {
    const auto bytes = static_cast<std::uint32_t>(length);
    if (is_own_message) {
      stats.add(direction, bytes, time);
    } else if (w.counted_payload) {
      stats.lengthen_last(direction, bytes, time);
    }
  }
  if (w.handshake_over) return;
  if (w.handshake) w.handshake->gap();
  give_up_handshake(direction);
}

void TlsLayer::finish() {
  if (!way(Direction::kUp).handshake_over) give_up_handshake(Direction::kUp);
}

void TlsLayer::give_up_handshake(Direction direction) {
  const Way& w = way(direction);
  std::uint8_t type = 0;
  ByteView body;
  if (direction == Direction::kUp && w.handshake && w.handshake->partial(type, body) &&
      type == kClientHello) {
    on_client_hello(body, w.handshake->record_version());
  }
  end_handshake(direction);
}

void TlsLayer::read_handshake(Direction direction, ByteView bytes) {
  using State = protocol::HandshakeReader::State;
  Way& w = way(direction);
  if (!w.handshake) w.handshake.emplace(shared_.limits);
  w.handshake->add(bytes);
  std::uint8_t type = 0;
  ByteView body;
  State state = w.handshake->next(type, body);
  while (state == State::kMessage) {
    on_message(direction, type, body);
    if (w.handshake_over) return;
    state = w.handshake->next(type, body);
  }
  if (state != State::kNeedMore) give_up_handshake(direction);
}

void TlsLayer::on_message(Direction direction, std::uint8_t type, ByteView body) {
  if (direction == Direction::kUp) {
    if (type == kClientHello) on_client_hello(body, way(direction).handshake->record_version());
    end_handshake(direction);  // what else a client sends in clear tells nothing that is kept
  } else if (type == kServerHello) {
    on_server_hello(body);
  } else if (type == kCertificate) {
    protocol::CertificateNames names = protocol::parse_certificate(body);
    record_.session.cert_subject = std::move(names.subject);
    record_.session.cert_issuer = std::move(names.issuer);
    end_handshake(direction);
  }
}

void TlsLayer::on_client_hello(ByteView body, std::uint16_t record_version) {
  protocol::ClientHello& hello = shared_.client_hello;
  hello.clear();
  hello.record_version = record_version;
  if (!protocol::parse_client_hello(body, hello)) ++shared_.counters.tls_hello_unread;
  Session& session = record_.session;
  if (hello.legacy_version == 0 || !session.cipher_suites.empty()) return;
  record_.keys.hello = hash_bytes(hello.random, 1) | 1;
  session.sni = hello.server_name;
  session.alpn = hello.alpn;
  session.ech_outer = hello.has_ech_outer;
  if (!has_server_version_) {
    session.tls_version = protocol::tls_version_name(protocol::offered_version(hello));
  }
  const protocol::Fingerprints fingerprints = shared_.fingerprints.of(hello);
  session.cipher_suites = fingerprints.cipher_list;
  // A fingerprint of half a hello would be the fingerprint of nobody.
  if (!hello.is_complete) return;
  session.ja3 = fingerprints.ja3;
  session.ja4 = fingerprints.ja4;
  session.ja4_r = fingerprints.ja4_r;
}

void TlsLayer::on_server_hello(ByteView body) {
  protocol::ServerHello& hello = shared_.server_hello;
  hello.clear();
  if (!protocol::parse_server_hello(body, hello)) return end_handshake(Direction::kDown);
  record_.session.tls_version = protocol::tls_version_name(hello.version());
  record_.session.ja3s = shared_.fingerprints.ja3s_of(hello);
  has_server_version_ = true;
  // After a HelloRetryRequest the real one follows; from TLS 1.3 on the certificate is encrypted.
  if (!hello.is_hello_retry_request && hello.version() >= kTls13) end_handshake(Direction::kDown);
}

void TlsLayer::end_handshake(Direction direction) {
  way(direction).handshake_over = true;
  way(direction).handshake.reset();
}

}  // namespace mogura::session::detail
