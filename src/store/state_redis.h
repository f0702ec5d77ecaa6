#pragma once

// Challenge state in Redis, so that several proxies share verdicts. A thread of the store's own drives one
// connection (hiredis, asynchronous): requests are pipelined, each has a deadline, a lost connection is tried
// again with growing pauses. Entries are changed by compare-and-set in a script, so that advance() stays the
// only place where the rules are; the last value seen of a key is tried first, which makes it one round trip.
//
//   key    mogura:1:<32 hexadecimal digits>      value  36 bytes, docs/formats/challenge-state.md      PX ttl
//
// While the connection is down, or an answer has missed its deadline and none has come since, update() says
// kUnavailable at once. Returns of the cookie that came meanwhile are told to the server when it answers
// again, and after a lost connection misses from before it no longer count: nothing is held against anybody
// because the store was away. stop() waits for what is under way, at most its deadline, and while the host's
// name is being looked up, for that.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "challenge/state_store.h"

namespace mogura::store {

struct StateRedisOptions {
  // redis://[[USER]:PASSWORD@]HOST[:PORT][/DB] or redis+unix://[[USER]:PASSWORD@]/PATH[?db=DB]. The password
  // is never shown.
  std::string url;
  std::chrono::seconds ttl{14 * 86'400};
  std::chrono::milliseconds deadline{50};
  std::chrono::milliseconds connect_deadline{2000};  // also for silence, until the connection is given up
  std::chrono::milliseconds first_pause{100}, longest_pause{10'000};  // between attempts to connect
  std::size_t in_flight = 10'000;                                     // beyond: kUnavailable
  std::size_t remembered = 65'536;                                    // last values seen
  challenge::MachineOptions machine{};
};

// Errors: kUsage (the URL makes no sense), kIo (no descriptor is left). A server that is not there is none:
// the store is unavailable until it is.
Result<std::unique_ptr<challenge::StateStore>> open_state_redis(const StateRedisOptions& options);

}  // namespace mogura::store
