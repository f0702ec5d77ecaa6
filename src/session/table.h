#pragma once

// The flow table: gives each TCP segment to its connection, and turns connections that are over into
// sessions. One per worker, shared-nothing; time is the packets' own. Connections end by their closing
// handshake (after a pause for stragglers), by a new SYN on their endpoints, by silence, by eviction when
// there are too many, or with the capture.
//
// The result does not depend on how connections are spread over tables, except where Limits::connections
// bites.

#include <cstdint>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "packet/segment.h"
#include "packet/tcp.h"
#include "session/counters.h"
#include "session/finished.h"

namespace mogura::session {

// Is told of sessions while they live.
class ProgressObserver {
 public:
  virtual ~ProgressObserver() = default;
  // `so_far`: valid during the call only. It is what would be handed out if the session ended now, but that
  // no body counts as endless yet.
  //
  // Comes first when it is settled what the session is: the client's hello was read, or what is inside a
  // tunnel (a WebSocket, a bare connection) is recognised or known to be unknown, or a request was read that
  // asks for neither CONNECT nor Upgrade. From then on kind, inner protocol, destination, client, server and
  // the client's hello stay; counts, messages, lengths and requests grow; times, the interval and entropy are
  // of what there is. What no packet had so far may come: the server's choice (tls_version, ja3s) and its
  // certificate's names; and in plain HTTP User-Agent, Via, the forwarded client, the content type, and the
  // destination where no request named one (until then it is the server).
  //
  // One way leads out: HTTP that goes over to CONNECT or Upgrade after other requests. Then it is told of
  // anew, with its new kind, when that is settled.
  virtual void on_progress(const Finished& so_far) = 0;
};

class Table {
 public:
  // `seed` makes the table's hashing hard to attack; no result depends on it.
  Table(const Limits& limits, std::uint64_t seed);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // The hash that on_segment wants; computed by whoever splits segments over workers.
  [[nodiscard]] std::uint64_t hash(const packet::FlowKey& key) const { return packet::hash_of(key, seed_); }

  // From now on tells `observer` (null: nobody) of live sessions: when they are settled, then after each
  // segment that added a message, up to 64 messages both ways together; then at every 16th message up to
  // 1024, then at every 256th. Not at their end. The observer must outlive the table, or be taken back.
  void observe(ProgressObserver* observer);

  void on_segment(const packet::TcpSegment& segment, std::uint64_t hash);
  // Brings the table's memory of `hash` into the cache, a few segments before it is needed.
  void prefetch(std::uint64_t hash) const;
  // Ends connections that have been silent too long at `now` (the latest packet time, of all workers; it goes
  // back where a clock was set back).
  void advance(Timestamp now);
  // The capture is over: ends all; or one slice of all, so that not every record must be there at once. Which
  // slice a connection belongs to depends on nothing but its key.
  void finish() { finish(0, 1); }
  void finish(unsigned slice, unsigned slices);

  // Takes records back that are no longer needed, to use their memory again. Empties the list.
  void recycle(std::vector<FinishedPtr>& used);
  // Sessions that are over, in the order in which they ended; empties the list.
  void take_finished(std::vector<FinishedPtr>& out);

  [[nodiscard]] TableCounters counters() const;
  [[nodiscard]] const packet::TcpCounters& tcp_counters() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::uint64_t seed_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::session
