#pragma once

// TLS handshake messages as they stand in clear: ClientHello, ServerHello, the first Certificate (TLS 1.2 and
// below), collected from the record layer over any number of records and segments. RFC 8446, RFC 5246, RFC
// 6101; GREASE by RFC 8701. Parsers read hostile bytes: they never fail loudly, keep what was good, and say
// whether it was whole.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace mogura::protocol {

// 0x0A0A, 0x1A1A, … 0xFAFA (RFC 8701 §2).
constexpr bool is_grease(std::uint16_t value) {
  return (value & 0x0F0F) == 0x0A0A && (value >> 8) == (value & 0xFF);
}

struct ClientHello {
  std::uint16_t record_version = 0;
  std::uint16_t legacy_version = 0;
  std::array<std::uint8_t, 32> random{};
  std::vector<std::uint16_t> cipher_suites;         // as offered, GREASE included
  std::vector<std::uint16_t> extensions;            // types, in order, GREASE included
  std::vector<std::uint16_t> groups;                // supported_groups
  std::vector<std::uint8_t> point_formats;          // ec_point_formats
  std::vector<std::uint16_t> signature_algorithms;  // in order
  std::vector<std::uint16_t> supported_versions;    // in order
  std::vector<std::string> alpn;                    // raw bytes, as offered
  std::string server_name;                          // raw bytes of the first host_name; empty: absent
  bool has_server_name = false;                     // the extension was there (perhaps empty)
  bool has_ech_outer = false;                       // encrypted_client_hello of type outer (RFC 9849 §5)
  bool is_complete = false;                         // the message was whole and all lengths agreed

  void clear();  // keeps the vectors' memory
};

struct ServerHello {
  std::uint16_t legacy_version = 0;
  std::uint16_t selected_version = 0;  // supported_versions; 0: absent
  std::uint16_t cipher_suite = 0;
  std::vector<std::uint16_t> extensions;
  std::string alpn;                     // the selected protocol, in clear only below TLS 1.3
  bool is_hello_retry_request = false;  // RFC 8446 §4.1.3
  bool is_complete = false;

  void clear();
  // The version in force: selected_version or legacy_version.
  [[nodiscard]] std::uint16_t version() const {
    return selected_version != 0 ? selected_version : legacy_version;
  }
};

// Names of an X.509 certificate as RFC 4514 strings ("CN=example.org,O=Example"), most specific first; UTF-8,
// whatever the string type in the certificate; control characters are kept as they are (writers escape).
// Empty: not readable.
struct CertificateNames {
  std::string subject;
  std::string issuer;
};

// `body` is the handshake message without its four-byte header. The parsers fill what they can read and
// answer whether the message was whole (`is_complete`): nothing missing, nothing left over, every length in
// agreement. What disagrees costs only itself where the next field can still be found: of an odd cipher list
// the even part is kept and the parser goes on where the declared length ends; of an extension that reaches
// beyond the message the type is kept, and its contents as far as they are whole. An extension given twice is
// listed twice, and the first that says something counts. `record_version` is left as it is: it is not in the
// message.
bool parse_client_hello(ByteView body, ClientHello& hello);
bool parse_server_hello(ByteView body, ServerHello& hello);

// `body` of a Certificate message below TLS 1.3 (RFC 5246 §7.4.2), which may be cut short: the names of the
// first certificate, as far as they are there.
CertificateNames parse_certificate(ByteView body);
// The names in one DER certificate (RFC 5280 §4.1), which may be cut short after them.
CertificateNames parse_certificate_der(ByteView der);

// Collects handshake messages of one direction from the bytes of the record layer. Stops at the first record
// that is not a handshake record in clear (ChangeCipherSpec aside), at what is not TLS, or at
// Limits::handshake_bytes. How the stream is cut into pieces makes no difference.
//
// A message that lies in one record and one piece is handed out where it lies; only what is incomplete is
// copied. After a ChangeCipherSpec only hellos are still expected in clear (RFC 8446 Appendix D.4: between
// the hellos around a HelloRetryRequest); anything else is taken for encrypted and ends the collection.
class HandshakeReader {
 public:
  enum class State : std::uint8_t {
    kNeedMore,  // the bytes so far end inside a message or between two
    kMessage,   // here is one
    kDone,      // another record type, encrypted handshake, or a gap: no more messages will come
    kNotTls,    // no record header where one must be
    kLimit,     // Limits::handshake_bytes reached; partial() has what was collected of the last message
  };
  explicit HandshakeReader(const Limits& limits) : limit_(limits.handshake_bytes) {}

  // Adds bytes of the stream, which must stay where they are while next() is called. Then next() as long as
  // it answers kMessage: whoever adds before that has lost the bytes in between, which counts as a gap.
  void add(ByteView stream);
  // A gap in the stream: nothing more can be collected.
  void gap();
  // The next complete message: `type` (RFC 8446 §4) and `body`, valid until the next call of add() or next().
  State next(std::uint8_t& type, ByteView& body);
  // What there is of the message that is not complete yet (for a hello cut by the capture): true if its
  // header is there. `body` is valid until the next call of add() or next().
  bool partial(std::uint8_t& type, ByteView& body) const;
  // The version of the first record; 0 before it.
  [[nodiscard]] std::uint16_t record_version() const { return record_version_; }

 private:
  bool begin_record();
  void accept_record();
  bool take_message(std::uint8_t& type, ByteView& body);
  bool gather(ByteView fragment, std::uint8_t& type, ByteView& body);
  void consume(std::size_t count);
  void end(State state);

  std::size_t limit_;
  std::size_t collected_ = 0;          // handshake bytes of this direction so far
  ByteView input_;                     // of the last add(), not looked at yet
  std::vector<std::uint8_t> message_;  // header and body of a message that comes in several pieces
  std::uint32_t record_left_ = 0;      // bytes of the current record still to come
  std::uint16_t record_version_ = 0;
  State end_ = State::kNeedMore;  // kNeedMore: not ended
  std::uint8_t header_size_ = 0;
  std::array<std::uint8_t, 5> header_{};  // of the current record
  bool after_change_cipher_spec_ = false;
  bool is_handed_out_ = false;  // message_ was answered and goes at the next call
};

}  // namespace mogura::protocol
