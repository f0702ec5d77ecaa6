#pragma once

// The record of one session: one TCP connection's run of HTTP (paper 1, §5.2), or what else it turned out to
// be. It is all that the floors above ever see of the traffic. A plain value; its JSON form is
// docs/formats/session.md. Empty strings and zero times stand for "not seen". Never holds values of Cookie,
// Authorization or Proxy-Authorization.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "protocol/inner.h"

namespace mogura::session {

enum class Kind : std::uint8_t {
  kGetPost,    // HTTP requests, no CONNECT, no Upgrade (tunnel type 1 of paper 1, §2.2, and ordinary web)
  kConnect,    // CONNECT, and what followed is not TLS (type 2), or nothing followed
  kSsl,        // CONNECT, then TLS (type 3)
  kWebSocket,  // an Upgrade of any token was answered 101, plain or inside CONNECT
  kOther,      // no HTTP request seen
};
inline constexpr std::size_t kKinds = 5;
std::string_view name_of(Kind kind);  // "get-post", "connect", "ssl", "websocket", "other"

// What was odd about a CONNECT dialogue; a set of bits. Each is harmless once in a while and a hint in
// numbers.
enum class ConnectAnomaly : std::uint8_t {
  kRequestBody,      // the CONNECT declared a body
  kEarlyClientData,  // tunnel bytes sent before the answer was seen (by acknowledgment, not by capture order)
  kContentLengthOnSuccess,  // 2xx with Content-Length
  kTransferEncodingOnSuccess,
  kInterimResponse,        // 1xx to a CONNECT
  kResponseBeforeRequest,  // the answer was sent before the request was complete
  kEarlyServerData,        // tunnel bytes in the same segment as the answer's head
};
inline constexpr std::size_t kConnectAnomalies = 7;
std::string_view name_of(ConnectAnomaly anomaly);  // "request-body", "early-client-data", …

enum class Direction : std::uint8_t { kUp = 0, kDown = 1 };  // from the client, from the server

// A keystroke, its echo, a heartbeat, each with what an inner protocol adds (TLS record: fragment length).
inline constexpr std::uint32_t kSmallMessage = 128;

struct LengthCount {
  bool operator==(const LengthCount&) const = default;
  Direction direction = Direction::kUp;
  std::uint32_t length = 0;  // bytes of the message: TLS record fragment or TCP payload
  std::uint32_t count = 0;
};

// The beginning of one of the first messages: what lengths and bytes a program opens with. Bytes are kept
// where they are in clear: of a tunnel that is not TLS, of WebSocket payloads (unmasked), of the bodies of
// plain requests and answers. Of TLS records only length and time are.
struct MessageStart {
  bool operator==(const MessageStart&) const = default;
  Direction direction = Direction::kUp;
  std::uint32_t length = 0;       // of the whole message, as in LengthCount
  std::uint32_t time_ms = 0;      // since the session's start
  std::uint32_t bytes_at = 0;     // its bytes are message_bytes.substr(bytes_at, bytes_count)
  std::uint32_t bytes_count = 0;  // at most Limits::kept_bytes_per_message; 0: none kept
};

// How requests and answers of plain HTTP looked, over all of a session's. Not of what runs inside a CONNECT.
struct HttpShape {
  bool operator==(const HttpShape&) const = default;
  std::uint32_t requests = 0;  // but for CONNECTs
  std::uint32_t with_referer = 0;
  std::uint32_t with_cookie = 0;
  std::uint32_t with_body = 0;                // requests that declared one
  std::uint32_t head_bytes_max = 0;           // the largest request head
  std::uint32_t target_bytes_max = 0;         // the longest request target
  double target_entropy_bits = 0;             // per byte, of paths and queries together (first 4096 bytes)
  std::array<std::uint64_t, 2> body_bytes{};  // by Direction
  std::array<double, 2> longest_body_s{};     // from the head's end to the body's end, or to the session's
  std::array<bool, 2> has_endless_body{};     // a body had not ended when the session did
  std::string content_type;                   // of the first answer that had one
};

struct Session {
  Timestamp start{};
  Timestamp end{};
  Endpoint client;
  Endpoint server;
  std::uint16_t vlan = 0;  // innermost; 0: none
  std::string client_forwarded;

  Kind kind = Kind::kOther;
  std::string
      destination;  // host:port: the CONNECT target; else Host and port of the first request; else, for
                    // kOther, the SNI and server port, or the server's endpoint; empty without payload
  std::vector<std::pair<std::string, std::uint32_t>> methods;  // in order of first use
  std::vector<std::uint16_t> status;                           // first Limits::status_codes
  std::string user_agent;                                      // of the CONNECT, else of the first request
  bool user_agent_seen = false;  // false: no request had one. An empty field counts as seen
  std::string via;
  std::string host;              // Host field of the first request
  std::uint32_t urls_count = 0;  // distinct request targets
  std::string upgrade;           // the token of the Upgrade that was answered 101

  // TLS, of the outermost hello seen (inside CONNECT or bare)
  std::string sni;
  std::vector<std::string> alpn;
  std::string tls_version;  // chosen by the server; else the highest offered
  std::string cipher_suites;
  std::string ja3, ja4, ja4_r, ja3s;
  std::string cert_subject, cert_issuer;
  bool ech_outer = false;

  protocol::Inner inner = protocol::Inner::kNone;
  std::uint8_t connect_anomalies = 0;  // bits by ConnectAnomaly

  std::array<std::uint64_t, 2> exchanges{};  // by Direction
  std::array<std::uint64_t, 2> packets{};
  std::array<std::uint64_t, 2> bytes{};  // of IP packets
  std::uint64_t gaps_bytes = 0;          // not captured
  bool truncated = false;  // the capture cut frames, the session began before it, or a limit hit

  std::vector<LengthCount> lengths;  // those that occurred twice or more, most frequent first
  bool has_interval = false;
  double interval_median_s = 0;  // between client messages
  double interval_mad_s = 0;     // median absolute deviation from it

  // The first Limits::kept_messages messages of a tunnel, of bare TLS, or pieces of bodies of plain HTTP (a
  // piece is what one segment brought), both directions in order of time.
  std::vector<MessageStart> messages;
  std::string message_bytes;
  // Over all messages, as exchanges are counted.
  std::uint32_t turns = 0;                        // times that the direction changed
  std::array<std::uint32_t, 2> small_messages{};  // of at most kSmallMessage bytes, by Direction
  double longest_silence_s = 0;                   // without a message either way
  HttpShape http;

  [[nodiscard]] std::string_view bytes_of(const MessageStart& message) const {
    return std::string_view(message_bytes).substr(message.bytes_at, message.bytes_count);
  }
  // As new, but for the memory of strings and vectors, which is kept for the next session.
  void clear();
  bool operator==(const Session&) const = default;
  [[nodiscard]] bool has_connect() const;  // a CONNECT was among the methods
  void flag(ConnectAnomaly anomaly) {
    connect_anomalies = static_cast<std::uint8_t>(connect_anomalies | 1u << static_cast<unsigned>(anomaly));
  }
  [[nodiscard]] bool has(ConnectAnomaly anomaly) const {
    return (connect_anomalies >> static_cast<unsigned>(anomaly) & 1) != 0;
  }
  // Paper 1, §5.2: a CONNECT, and at least `min_exchanges` messages each way after it.
  [[nodiscard]] bool is_analysed(std::uint64_t min_exchanges) const {
    return has_connect() && exchanges[0] >= min_exchanges && exchanges[1] >= min_exchanges;
  }
};

// Community id v1 (seed 0), "1:" and Base64 of SHA-1 over the five-tuple.
std::string community_id(const Endpoint& client, const Endpoint& server);
// Community id and the start time in microseconds: unique where one five-tuple is used again.
std::string session_id(const Session& session);

}  // namespace mogura::session
