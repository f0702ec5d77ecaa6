#pragma once

// For tests: writes a TCP conversation down as segments, with the sequence and acknowledgment numbers real
// hosts would send, and runs segments through a flow table.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "session/table.h"

namespace mogura::session::testing {

class Conversation {
 public:
  Conversation() {
    client_ = {*Address::parse("10.0.0.11"), 40000};
    server_ = {*Address::parse("10.0.0.2"), 3128};
  }
  Conversation& from(std::string_view address, std::uint16_t port) {
    client_ = {*Address::parse(address), port};
    return *this;
  }
  Conversation& to(std::string_view address, std::uint16_t port) {
    server_ = {*Address::parse(address), port};
    return *this;
  }

  Conversation& open() {
    add(true, "", packet::tcp_flag::kSyn);
    add(false, "", packet::tcp_flag::kSyn | packet::tcp_flag::kAck);
    add(true, "", packet::tcp_flag::kAck);
    return *this;
  }
  // A payload that its sender sent knowing all that was sent before.
  Conversation& up(std::string_view text) { return add(true, text, packet::tcp_flag::kAck); }
  Conversation& down(std::string_view text) { return add(false, text, packet::tcp_flag::kAck); }
  // A payload sent before the opposite side's latest `unseen` bytes had arrived.
  Conversation& up_early(std::string_view text, std::uint32_t unseen) {
    return add(true, text, packet::tcp_flag::kAck, unseen);
  }
  Conversation& down_early(std::string_view text, std::uint32_t unseen) {
    return add(false, text, packet::tcp_flag::kAck, unseen);
  }
  Conversation& close() {
    add(true, "", packet::tcp_flag::kFin | packet::tcp_flag::kAck);
    add(false, "", packet::tcp_flag::kFin | packet::tcp_flag::kAck);
    add(true, "", packet::tcp_flag::kAck);
    return *this;
  }
  Conversation& wait(Duration duration) {
    now_ += duration;
    return *this;
  }
  // The next `length` bytes of the server were sent, but are not in the capture.
  Conversation& lose_down(std::uint32_t length) {
    next_[1] += length;
    return *this;
  }
  Conversation& lose_up(std::uint32_t length) {
    next_[0] += length;
    return *this;
  }

  [[nodiscard]] const std::vector<packet::TcpSegment>& segments() const { return segments_; }

 private:
  Conversation& add(bool is_up, std::string_view text, int flags, std::uint32_t unseen = 0) {
    const std::size_t from = is_up ? 0 : 1;
    packet::TcpSegment segment;
    segment.key = {std::min(client_, server_), std::max(client_, server_), 0};
    segment.from =
        ((is_up ? client_ : server_) == segment.key.low) ? packet::Side::kLow : packet::Side::kHigh;
    segment.flags = static_cast<std::uint8_t>(flags);
    segment.sequence = next_[from];
    if ((flags & packet::tcp_flag::kAck) != 0) segment.acknowledgment = next_[1 - from] - unseen;
    segment.payload = as_bytes(*texts_.emplace_back(std::make_shared<const std::string>(text)));
    segment.payload_length = static_cast<std::uint32_t>(text.size());
    segment.wire_length = segment.payload_length + 40;
    segment.time = now_;
    now_ += std::chrono::milliseconds(1);
    next_[from] += segment.payload_length;
    if ((flags & (packet::tcp_flag::kSyn | packet::tcp_flag::kFin)) != 0) ++next_[from];
    segments_.push_back(segment);
    return *this;
  }

  Endpoint client_, server_;
  std::uint32_t next_[2] = {1000, 900000};
  Timestamp now_{std::chrono::seconds(1'700'000'000)};
  std::vector<std::shared_ptr<const std::string>> texts_;  // shared, so that copies keep the payloads alive
  std::vector<packet::TcpSegment> segments_;
};

inline std::vector<FinishedPtr> finish_all(Table& table) {
  table.finish();
  std::vector<FinishedPtr> finished;
  table.take_finished(finished);
  return finished;
}

inline std::vector<FinishedPtr> run(const std::vector<packet::TcpSegment>& segments,
                                    const Limits& limits = {}) {
  Table table(limits, 0);
  for (const packet::TcpSegment& segment : segments) table.on_segment(segment, table.hash(segment.key));
  return finish_all(table);
}

// A ClientHello record with one cipher suite (0x1301) and SNI "inside.example".
inline std::string client_hello() {
  const std::string name = "inside.example";
  const auto u8 = [](std::size_t v) { return std::string(1, static_cast<char>(v)); };
  const auto u16 = [&](std::size_t v) { return u8(v >> 8) + u8(v & 255); };
  const auto v16 = [&](const std::string& body) { return u16(body.size()) + body; };
  const std::string sni = u16(0) + v16(v16(u8(0) + v16(name)));
  const std::string body =
      u16(0x0303) + std::string(32, 'r') + u8(0) + v16(u16(0x1301)) + u8(1) + u8(0) + v16(sni);
  const std::string handshake = u8(1) + u8(0) + u16(body.size()) + body;
  return u8(22) + u16(0x0301) + v16(handshake);
}

// A TLS record of application data with a fragment of `length` bytes.
inline std::string record(std::size_t length) {
  return std::string("\x17\x03\x03", 3) + static_cast<char>(length >> 8) + static_cast<char>(length & 255) +
         std::string(length, 'x');
}

}  // namespace mogura::session::testing
