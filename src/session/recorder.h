#pragma once

// Makes the Session of a connection that somebody relays, and so sees as bytes and not as packets: the same
// record that a capture beside the client gives (a test compares them). One Recorder per client connection,
// from its first byte to its end; time comes in as an argument. Not thread-safe.
//
//   on_data(up)   "CONNECT a:443 …"     on_data(down) "HTTP/1.1 200 …"     on_data(up) ClientHello …
//   on_end(up), on_end(down) ─► finish() ─► the record ─► whoever stores it ─► RecorderPool::recycle()
//
// A message, where it is not a TLS record, is what one call brought. What the client had received when it
// sent something is taken from the order of the calls: bytes that came up before an answer went down were
// sent without it. So whoever relays hands bytes over as soon as they are read or written.
//
// What only packets tell is estimated or absent: packets and bytes are counted as if each call were one
// segment of at most 1460 bytes of payload with 40 (IPv6: 60) bytes of headers; there are no gaps.
//
// Memory: up to 2 KB, what the messages need (Limits::connections names it) and, during plain HTTP, 3 KB of
// parsers; what waits for the other direction is bounded by Limits::held_bytes and, over the recorders of a
// pool, by 32 MB.

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/limits.h"
#include "session/counters.h"
#include "session/finished.h"

namespace mogura::session {

class ProgressObserver;  // session/table.h

// Memory and counters that the recorders of one thread share.
class RecorderPool {
 public:
  // `seed` makes hashing of what clients send hard to attack; no result depends on it.
  explicit RecorderPool(const Limits& limits, std::uint64_t seed = 0);
  ~RecorderPool();
  RecorderPool(const RecorderPool&) = delete;
  RecorderPool& operator=(const RecorderPool&) = delete;

  // Takes a record back that is no longer needed, to use its memory again. May be left out.
  void recycle(FinishedPtr used);
  [[nodiscard]] const TableCounters& counters() const;

 private:
  friend class Recorder;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Recorder {
 public:
  // The pool must outlive it.
  Recorder(RecorderPool& pool, const Endpoint& client, const Endpoint& server, Timestamp start);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Bytes as the client sent or received them, in the order in which the relay did.
  void on_data(Direction direction, ByteView bytes, Timestamp time);
  // Bytes that were relayed without being looked at (splice): counted as one message, and their place in the
  // stream is lost where that matters. The record says `truncated` then.
  void on_unseen(Direction direction, std::uint64_t count, Timestamp time);
  // The direction was closed in order.
  void on_end(Direction direction, Timestamp time);
  // Shows the record as far as it goes, if something has come that Table::observe() would tell of; call after
  // on_data(). True: it did.
  bool tell(ProgressObserver& observer, Timestamp time);
  // The connection is over; the record is complete. Call once, last.
  [[nodiscard]] FinishedPtr finish(Timestamp time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::session
