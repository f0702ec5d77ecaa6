#pragma once

// What one connection of HTTP/2 may hold, and how often its peer may do what only costs; and what came of it.
// Plain values.

#include <cstddef>
#include <cstdint>

namespace mogura::http2 {

struct Bounds {
  std::size_t head_bytes = std::size_t{64} << 10;  // a header list; SETTINGS_MAX_HEADER_LIST_SIZE
  std::size_t fields = 256;                        // of one header list, pseudo-header fields counted
  std::uint32_t streams = 100;                     // at once; SETTINGS_MAX_CONCURRENT_STREAMS
  // Received and not yet taken, of one stream and of all (RFC 9113 §5.2).
  std::uint32_t stream_window = std::uint32_t{64} << 10;
  std::uint32_t connection_window = std::uint32_t{1} << 20;
  // Given by us for one stream and not yet sent, since the peer's window is closed.
  std::size_t held_bytes = std::size_t{64} << 10;
  // Answers to PING and SETTINGS that wait to be sent (CVE-2019-9512, -9515).
  std::size_t acknowledgements = 100;
  // Streams that the client takes back: at once, and with each second (CVE-2023-44487).
  std::uint32_t resets = 300, resets_per_second = 30;
  // PING, SETTINGS, PRIORITY and empty DATA (CVE-2019-9513, -9518).
  std::uint32_t idle_frames = 2000, idle_frames_per_second = 200;
};

// Of one connection so far.
struct Counts {
  std::uint64_t streams = 0;        // opened
  std::uint64_t peer_resets = 0;    // RST_STREAM received
  std::uint64_t resets = 0;         // and sent
  std::uint64_t refused_heads = 0;  // header lists too large or not translated
  std::uint64_t floods = 0;         // connections ended by an allowance of Bounds
  std::uint64_t malformed = 0;      // connections ended by bytes that are no HTTP/2
};

}  // namespace mogura::http2
