#pragma once

// What the session room counted beside the sessions themselves: everything that was cut short, given up or
// odd, by reason. Plain numbers of one worker; add() them up.

#include <cstdint>

namespace mogura::session {

struct TableCounters {
  std::uint64_t sessions = 0;          // handed out
  std::uint64_t evicted_sessions = 0;  // finished early because Limits::connections was reached
  std::uint64_t stray_connections =
      0;  // nothing but acknowledgments, FINs or RSTs without a beginning: not sessions
  std::uint64_t port_reuse = 0;  // a new connection on the endpoints of one that was still followed
  std::uint64_t http_messages = 0;
  std::uint64_t http_malformed = 0;      // heads or chunks that were not HTTP
  std::uint64_t http_limit = 0;          // heads beyond Limits::http_head_bytes
  std::uint64_t unpaired_responses = 0;  // answers whose request was not seen
  std::uint64_t held_overflows = 0;      // Limits::held_bytes reached before the other side spoke
  std::uint64_t tls_hello_unread = 0;    // a ClientHello cut by a gap, the capture or Limits::handshake_bytes

  void add(const TableCounters& other) {
    sessions += other.sessions;
    evicted_sessions += other.evicted_sessions;
    stray_connections += other.stray_connections;
    port_reuse += other.port_reuse;
    http_messages += other.http_messages;
    http_malformed += other.http_malformed;
    http_limit += other.http_limit;
    unpaired_responses += other.unpaired_responses;
    held_overflows += other.held_overflows;
    tls_hello_unread += other.tls_hello_unread;
  }
};

}  // namespace mogura::session
