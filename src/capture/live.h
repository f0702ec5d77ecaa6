#pragma once

// Frames from a network interface: TPACKET_V3 rings with fanout by flow, one per worker, where the kernel has
// them; libpcap where it has not (then one). Each LiveRing belongs to one thread. Needs CAP_NET_RAW.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "packet/frame.h"

namespace mogura::capture {

struct LiveOptions {
  std::string interface;
  std::string filter;  // as tcpdump's; empty: everything
  unsigned rings = 1;
  std::size_t ring_bytes = std::size_t{64} << 20;  // of each ring
  bool promiscuous = true;
  bool force_libpcap = false;
  std::chrono::milliseconds block_timeout{50};  // a frame waits this long at most for its block to fill
};

struct LiveCounters {
  std::uint64_t packets = 0;
  std::uint64_t kernel_drops = 0;
  std::uint64_t freezes = 0;  // times that the ring was full (tp_freeze_q_cnt)
};

class LiveRing {
 public:
  virtual ~LiveRing() = default;
  // Waits at most `timeout` for frames. They are valid until the next call. False: the interface is gone.
  virtual bool read(std::vector<packet::Frame>& frames, std::chrono::milliseconds timeout) = 0;
  // Sums since the beginning. Any thread.
  [[nodiscard]] virtual LiveCounters counters() const = 0;
};

// Errors: no such interface, no permission (names the capability), a filter that does not compile (its
// place).
Result<std::vector<std::unique_ptr<LiveRing>>> open_live(const LiveOptions& options);

}  // namespace mogura::capture
