#pragma once

// Takes the payload out of WebSocket frames (RFC 6455 §5), unmasked, to see what protocol is carried inside.
// One direction, incremental; keeps nothing but its place in the frame. Not a validator: masks are not
// demanded of clients, lengths need not be in their shortest form, and fragments need not be in order.
// Compressed messages (RFC 7692) use a reserved bit and end the reading.
//
//   F rsv opcode | M length 7 | length 16 or 64 | mask 4 | payload
//        1             1          0, 2 or 8       0 or 4

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace mogura::protocol {

class WebSocketReader {
 public:
  // Appends payload of data frames (continuation, text, binary) to `payload`, until it holds `limit` bytes;
  // control frames are passed over, also between the fragments of a message. False: this is not WebSocket
  // framing (reserved bits or opcode, a control frame in fragments or longer than 125 bytes, a length of 2^63
  // or more); what stood before is in `payload`, and there must be no further calls.
  bool feed(ByteView bytes, std::string& payload, std::size_t limit);
  // Frame headers met so far, control frames included.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  [[nodiscard]] bool is_in_header() const { return remaining_ == 0; }
  [[nodiscard]] std::size_t header_bytes_needed() const;
  bool add_to_header(std::uint8_t byte);
  void begin_payload();
  std::size_t take_payload(ByteView bytes, std::string& payload, std::size_t limit);

  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_size_ = 0;
  std::uint8_t mask_offset_ = 0;
  std::array<std::uint8_t, 4> mask_{};
  bool is_data_ = false;
  std::uint64_t remaining_ = 0;  // payload bytes of the current frame still to come; 0: reading a header
  std::uint64_t frames_ = 0;
};

}  // namespace mogura::protocol
