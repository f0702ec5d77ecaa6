#pragma once

// Connections to origins that wait for their next request (RFC 9112 §9.3). One per loop, not thread-safe.
// Bounded per host and in all; the longest idle goes first. What the origin closed or sent something on while
// it waited is not given out.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "proxy/detail/asio.h"

namespace mogura::proxy::detail {

// Whether a connection that waits is still good: one system call. What an origin sends unasked belongs to no
// request of ours, so such a connection is not.
bool is_open_and_silent(Socket& socket);

class UpstreamPool {
 public:
  struct Idle {
    Socket socket;
    Endpoint server;
    Timestamp since;
    std::uint32_t requests = 0;  // it has served
  };

  UpstreamPool(std::size_t per_host, std::size_t all, Duration keep);
  ~UpstreamPool();
  // The one used last, if any is still open and silent. O(1), one system call, and one more for each that was
  // not. `key`: host:port, or any text that tells the
  // connections apart that must not be mixed.
  std::optional<Idle> take(std::string_view key, Timestamp now);
  // `idle.since` is now. Where the host or all have their number, the one idle for longest is closed. Does
  // not allocate where the key was put lately.
  void put(std::string_view key, Idle idle);
  // Closes those idle for too long, and those that the origin has closed. A few times a second; looks at a
  // bounded number each time.
  void sweep(Timestamp now);
  void clear();
  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::proxy::detail
