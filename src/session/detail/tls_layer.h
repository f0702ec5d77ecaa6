#pragma once

// TLS as seen from outside, both directions: counts the records as messages and reads the handshake in clear
// into the session record. Starts at the first byte after a CONNECT, an Upgrade, or of the connection.

#include <array>
#include <optional>

#include "protocol/tls_records.h"
#include "session/detail/message_stats.h"
#include "session/detail/shared.h"
#include "session/finished.h"

namespace mogura::session::detail {

class TlsLayer {
 public:
  TlsLayer(Shared& shared, Finished& record) : shared_(shared), record_(record) {}

  void on_data(Direction direction, ByteView bytes, Timestamp time, MessageStats& stats);
  // `is_own_message`: nothing of the segment that this stands for was captured.
  void on_gap(Direction direction, std::uint64_t length, bool is_cut, bool is_own_message, Timestamp time,
              MessageStats& stats);
  // The connection is over: reads what there is of an incomplete hello.
  void finish();
  // The client's hello was read, or will not be.
  [[nodiscard]] bool is_past_client_hello() const { return ways_[0].handshake_over; }

 private:
  struct Way {
    protocol::TlsRecords records;
    bool counted_payload = false;  // the latest message was counted as a payload, for want of a record header
    bool handshake_over = false;
    std::optional<protocol::HandshakeReader> handshake;
  };

  Way& way(Direction direction) { return ways_[static_cast<std::size_t>(direction)]; }
  void read_handshake(Direction direction, ByteView bytes);
  void on_message(Direction direction, std::uint8_t type, ByteView body);
  void on_client_hello(ByteView body, std::uint16_t record_version);
  void on_server_hello(ByteView body);
  // Nothing more can be read: takes what there is of an incomplete ClientHello.
  void give_up_handshake(Direction direction);
  void end_handshake(Direction direction);

  Shared& shared_;
  Finished& record_;
  std::array<Way, 2> ways_;
  bool has_server_version_ = false;
};

}  // namespace mogura::session::detail
