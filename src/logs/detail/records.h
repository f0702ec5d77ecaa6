#pragma once

// What the logs of a network monitor (Zeek, Suricata) say about one connection, in records of three kinds
// that are written one by one and carry the connection's key. Views are valid as long as the line they came
// from.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/time.h"

namespace mogura::logs::detail {

struct RecordHead {
  std::string_view key;  // uid, flow_id
  Timestamp time;
  Endpoint client;
  Endpoint server;
};

// A request with its answer.
struct HttpRecord {
  std::string_view method;
  std::string_view host;    // the Host field, perhaps without its port
  std::string_view target;  // as sent
  std::optional<std::string_view> user_agent;
  bool has_referer = false;
  std::string_view x_forwarded_for;
  std::string_view via;
  std::string_view content_type;  // of the answer
  std::uint16_t status = 0;       // 0: none
  std::array<std::uint64_t, 2> body_bytes{};
};

struct TlsRecord {
  std::string_view version;  // as we name it
  std::string_view sni;
  std::string_view alpn;           // comma-separated; "?": there was one, but not what
  std::string_view cipher_suites;  // as in a session
  std::string_view ja3, ja4, ja4_r, ja3s;
  std::string_view subject, issuer;
};

// The connection as a whole, written when it is over.
struct ConnectionRecord {
  std::optional<Timestamp> end;
  std::array<std::uint64_t, 2> bytes{};
  std::array<std::uint64_t, 2> packets{};
  std::array<std::uint64_t, 2> payload_bytes{};
  std::uint64_t gaps_bytes = 0;
  bool has_payload = false;
  bool began_before = false;   // the beginning was not seen
  std::string_view protocols;  // comma-separated, in the monitor's names
};

}  // namespace mogura::logs::detail
