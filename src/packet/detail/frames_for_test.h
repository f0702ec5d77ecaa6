#pragma once

// Frames for the tests of this room: bytes written as commented hex, the headers around what a test is about,
// and collections of frames that hold the same small segment in every link layer and tunnel. Bytes travel as
// std::string, which can be added up.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "packet/decode.h"

namespace mogura::packet::frames {

// Hexadecimal digits, spaces, and comments from # to the end of the line.
inline std::string hex(std::string_view text) {
  std::string digits;
  bool is_comment = false;
  for (const char c : text) {
    if (c == '#' || c == '\n') is_comment = c == '#';
    if (!is_comment && std::isxdigit(static_cast<unsigned char>(c)) != 0) digits += c;
  }
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

inline std::string be16(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}

// 49152 > 443, "Hello".
inline std::string tcp() {
  return hex(R"(
      C0 00 01 BB   # source, destination port
      11 22 33 44   # sequence number
      55 66 77 88   # acknowledgment number
      50 18 10 00   # header of 5 words; ACK, PSH; window
      00 00 00 00   # checksum, urgent pointer
      48 65 6C 6C 6F)");
}

// 10.0.0.1 > 192.0.2.7
inline std::string ipv4(std::uint8_t protocol, const std::string& payload, std::uint16_t fragment = 0x4000,
                        std::uint16_t id = 0x1234) {
  return hex("45 00") + be16(20 + payload.size()) + be16(id) + be16(fragment) + hex("40") +
         static_cast<char>(protocol) + hex("00 00  0A 00 00 01  C0 00 02 07") + payload;
}

// 2001:db8::1 > 2001:db8::2
inline std::string ipv6(std::uint8_t next_header, const std::string& payload) {
  return hex("60 00 00 00") + be16(payload.size()) + static_cast<char>(next_header) + hex(R"(
      40                                                # hop limit
      20 01 0D B8  00 00 00 00  00 00 00 00  00 00 00 01
      20 01 0D B8  00 00 00 00  00 00 00 00  00 00 00 02)") +
         payload;
}

inline std::string udp(std::uint16_t port, const std::string& payload) {
  return hex("D0 00") + be16(port) + be16(8 + payload.size()) + hex("00 00") + payload;
}

inline std::string ethernet(std::uint16_t type, const std::string& payload) {
  return hex("02 00 00 00 00 01  02 00 00 00 00 02") + be16(type) + payload;
}

// An IPv6 fragment header and what is in the fragment.
inline std::string ipv6_fragment(std::uint8_t next_header, std::uint16_t offset, bool has_more,
                                 std::uint8_t id, const std::string& part) {
  return ipv6(44, std::string{static_cast<char>(next_header)} + hex("00") +
                      be16(static_cast<std::size_t>(offset) | (has_more ? 1 : 0)) + hex("00 00 00") +
                      static_cast<char>(id) + part);
}

inline std::string ipv4_tcp() {
  return ipv4(6, tcp());
}
inline std::string ipv6_tcp() {
  return ipv6(6, tcp());
}
inline std::string plain() {
  return ethernet(0x0800, ipv4_tcp());
}

// A copy of a frame in a heap block of exactly its size, so that a byte read past its end is noticed.
class HeapFrame {
 public:
  explicit HeapFrame(std::string_view bytes, LinkType link_type = LinkType::kEthernet,
                     std::size_t original_length = 0)
      : memory_(std::make_unique<std::uint8_t[]>(bytes.size())) {
    bytes.copy(reinterpret_cast<char*>(memory_.get()), bytes.size());
    frame_.bytes = ByteView(memory_.get(), bytes.size());
    frame_.original_length = static_cast<std::uint32_t>(std::max(original_length, bytes.size()));
    frame_.link_type = link_type;
  }
  HeapFrame at(std::chrono::seconds time) && {
    frame_.time = Timestamp(time);
    return std::move(*this);
  }
  const Frame& operator*() const { return frame_; }

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
  Frame frame_;
};

// What one frame alone comes to.
struct Decoded {
  bool is_segment = false;
  TcpSegment segment;
  NotDecoded reason = NotDecoded::kCount;
};

// How many reasons have been counted, all in all; with frames and segments it must come out even.
inline std::uint64_t not_decoded(const DecodeCounters& counters) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counters.not_decoded) sum += count;
  return sum;
}

// Decodes with a decoder of its own and checks that exactly one thing was counted.
inline Decoded decode_alone(const Frame& frame, const Limits& limits = {}) {
  Decoder decoder(limits);
  Decoded result;
  result.is_segment = decoder.decode(frame, result.segment);
  const DecodeCounters& counters = decoder.counters();
  EXPECT_EQ(counters.frames, 1u);
  EXPECT_EQ(counters.segments, result.is_segment ? 1u : 0u);
  EXPECT_EQ(not_decoded(counters), result.is_segment ? 0u : 1u);
  for (std::size_t i = 0; i < counters.not_decoded.size(); ++i) {
    if (counters.not_decoded[i] != 0) result.reason = static_cast<NotDecoded>(i);
  }
  return result;
}

// A frame that holds tcp() in ipv4() or ipv6().
struct Sample {
  const char* why;
  LinkType link_type;
  std::string bytes;
  bool is_v6 = false;
  std::uint16_t vlan = 0;
  // Recognised by what is inside, so that a cut may make it something else than cut.
  bool is_guessed = false;
};

inline void expect_the_segment(const TcpSegment& segment, bool is_v6, std::uint16_t vlan) {
  EXPECT_EQ(segment.key.low.to_string(), is_v6 ? "[2001:db8::1]:49152" : "10.0.0.1:49152");
  EXPECT_EQ(segment.key.high.to_string(), is_v6 ? "[2001:db8::2]:443" : "192.0.2.7:443");
  EXPECT_EQ(segment.key.vlan, vlan);
  EXPECT_EQ(segment.from, Side::kLow);
  EXPECT_EQ(segment.sequence, 0x11223344u);
  EXPECT_EQ(segment.acknowledgment, 0x55667788u);
  EXPECT_EQ(segment.flags, tcp_flag::kAck | tcp_flag::kPsh);
  EXPECT_EQ(segment.payload_length, 5u);
  EXPECT_EQ(as_text(segment.payload), "Hello");
}

inline void expect_all_decoded(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.why);
    const HeapFrame frame(sample.bytes, sample.link_type);
    const Decoded decoded = decode_alone(*frame);
    EXPECT_TRUE(decoded.is_segment) << name_of(decoded.reason);
    if (decoded.is_segment) expect_the_segment(decoded.segment, sample.is_v6, sample.vlan);
  }
}

// A frame that holds no segment, and why.
struct Refusal {
  const char* why;
  LinkType link_type;
  std::string bytes;
  NotDecoded reason;
};

inline void expect_all_refused(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    const HeapFrame frame(refusal.bytes, refusal.link_type);
    const Decoded decoded = decode_alone(*frame);
    EXPECT_FALSE(decoded.is_segment) << refusal.why;
    EXPECT_EQ(name_of(decoded.reason), name_of(refusal.reason)) << refusal.why;
  }
}

// Every capture cut and every short sending of every frame: nothing read outside, one thing counted.
inline void expect_cuts_survived(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
      SCOPED_TRACE(std::string(sample.why) + ", cut to " + std::to_string(size));
      const std::string_view bytes = std::string_view(sample.bytes).substr(0, size);
      const Decoded cut = decode_alone(*HeapFrame(bytes, sample.link_type, sample.bytes.size()));
      if (cut.is_segment) {
        const std::size_t payload_at = sample.bytes.rfind("Hello");
        EXPECT_EQ(cut.segment.payload_length, 5u);
        EXPECT_EQ(cut.segment.payload.size(),
                  std::clamp<std::size_t>(size, payload_at, payload_at + 5) - payload_at);
      } else if (!sample.is_guessed) {
        EXPECT_EQ(name_of(cut.reason), "truncated-by-capture");
      }
      (void)decode_alone(*HeapFrame(bytes, sample.link_type));
    }
  }
}

}  // namespace mogura::packet::frames
