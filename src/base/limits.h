#pragma once

// Every bound on memory and work that input can drive, by name, with its default and what happens when it is
// reached. A plain value: copied to whoever needs it, never changed while in use. Budgets called "per worker"
// hold for each of the pipelines that `analyze --threads` runs.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mogura {

struct Limits {
  // --- packet: frames ---
  // Layers of encapsulation looked through before the frame counts as `too-deep`.
  unsigned encapsulation_depth = 8;
  // Datagrams under reassembly at once, and bytes they hold; the oldest goes, counted as `fragment-evicted`.
  std::size_t fragment_datagrams = 4096;
  std::size_t fragment_bytes = std::size_t{16} << 20;
  // A datagram not complete by then is given up (RFC 791 §3.2 suggests 15 s, RFC 8200 §4.5 asks for 60 s).
  std::chrono::seconds fragment_timeout{60};

  // --- packet: TCP reassembly ---
  // Captured bytes waiting behind a hole, per direction. Beyond: the hole is declared a gap.
  std::size_t out_of_order_bytes = std::size_t{256} << 10;
  // The same, for all connections of all workers. Beyond: the connection that asks has its hole declared a
  // gap.
  std::size_t out_of_order_bytes_total = std::size_t{32} << 20;
  // Separate runs of bytes waiting behind holes, per direction. Beyond: as above.
  std::size_t out_of_order_runs = 1024;
  // A hole whose far side has been acknowledged by the receiver is given up after this much packet time.
  std::chrono::seconds hole_patience{5};
  // A connection that starts in mid-stream is held back this long (or this many bytes), for segments that
  // were captured out of order, before its lowest sequence number is taken as the beginning.
  std::chrono::seconds midstream_patience{1};
  std::size_t midstream_bytes = std::size_t{64} << 10;

  // --- session ---
  // Connections followed at once, by all workers together; the one idle for longest is finished early,
  // counted as evicted. Each holds some 2 KB, and what its messages need: their lengths (up to 2 KB each way,
  // by how many different ones there are), the starts of the first (12 bytes each, up to 0.6 KB), and of
  // these the bytes, where they are in clear (up to 3 KB). In plain HTTP 3 KB of parsers come on top.
  std::size_t connections = std::size_t{1} << 16;
  // A connection without a packet for this long is over; a later packet starts a new session.
  std::chrono::seconds idle_timeout{3600};
  // The same once both sides have closed or one has reset.
  std::chrono::seconds closed_timeout{10};
  // A connection that never got past its opening handshake.
  std::chrono::seconds handshake_timeout{60};
  // Bytes of one direction held until the other direction's request or answer arrives.
  std::size_t held_bytes = std::size_t{64} << 10;
  // Bytes per direction kept for recognising the inner protocol.
  std::size_t early_bytes = 1024;
  // Distinct message lengths counted per direction; later new ones are not counted.
  std::size_t message_lengths = 128;
  // Messages whose length, time and first bytes are kept, per session; and how many bytes of each.
  std::size_t kept_messages = 48;
  std::size_t kept_bytes_per_message = 64;
  // Answers kept in `status`; later ones are not.
  std::size_t status_codes = 16;
  // Distinct methods per session; later new ones are counted as "other".
  std::size_t methods = 16;
  // Distinct URLs told apart per session; `urls_count` stops there.
  std::size_t urls = 1024;
  // Requests waiting for their answers on one connection (pipelining); beyond, the connection is no longer
  // paired.
  std::size_t pending_requests = 1024;

  // --- protocol ---
  // Bytes of one HTTP head (start line and fields), trailers likewise. Beyond: not HTTP any more, counted.
  std::size_t http_head_bytes = std::size_t{64} << 10;
  // A field value or target longer than this is kept cut.
  std::size_t text_bytes = 4096;
  // Handshake bytes collected per direction for the hello and the certificate.
  std::size_t handshake_bytes = (std::size_t{64} << 10) + 4;

  // --- population ---
  // Distinct keys per group table; later new keys are counted together, not listed.
  std::size_t group_keys = std::size_t{1} << 17;
  // Distinct members counted exactly per group and column; beyond, estimated (population/distinct.h).
  std::size_t distinct_exact = 1024;
};

}  // namespace mogura
