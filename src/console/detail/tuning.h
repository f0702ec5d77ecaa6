#pragma once

// The server's limits, with the values that the console runs with; tests use smaller ones.
// docs/guides/console.md shows them to users.

#include <cstddef>

#include "console/detail/moment.h"

namespace mogura::console::detail {

struct Tuning {
  static constexpr std::size_t kHeadBytes = std::size_t{16} << 10;
  static constexpr std::size_t kTargetBytes = std::size_t{8} << 10;
  static constexpr std::size_t kHeadFields = 100;
  static constexpr std::size_t kLoginBodyBytes = std::size_t{4} << 10;

  std::size_t connections = 256, connections_per_client = 64;  // a client: an address, or a /64 of IPv6
  std::size_t streams = 64, streams_per_session = 8;           // of live events
  std::size_t stream_bytes = std::size_t{1} << 20;             // waiting for one reader; then it is cut off
  std::size_t large_answers = 8;                               // being written, of 1 MB and more
  std::size_t jobs = 64;                                       // waiting in each lane
  Millis handshake{10'000}, head{10'000}, body{20'000}, idle{75'000};
  Millis write{20'000};                            // and the time that it takes at write_rate
  std::size_t write_rate = std::size_t{64} << 10;  // bytes a second that a reader must take
  Millis linger{1'000};                            // for a client to close after us
  Millis sweep{250};                               // how late a time-out may come up
  Millis live_tick{1'000}, live_comment{15'000};
  Millis file_check{5'000};  // how often passwords and certificate are looked at
  Millis stop{5'000};        // for what is being answered
};

}  // namespace mogura::console::detail
