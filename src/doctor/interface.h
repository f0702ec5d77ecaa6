#pragma once

// A network interface as a place to capture from: whether it is up, and which offloads of card and kernel
// change what is seen (GRO and LRO glue segments that came apart; TSO and GSO show what this machine sends
// before it is cut). Asked by ioctl and /sys; needs no rights. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/remark.h"

namespace mogura::doctor {

struct InterfaceFacts {
  std::string name;
  int error = 0;  // ENODEV: there is none; 0: the rest is known
  bool is_up = false, has_carrier = false, is_loopback = false, is_promiscuous = false, has_address = false;
  // Absent: the driver does not say.
  std::optional<bool> gro, lro, tso, gso, vlan_stripping;
  // What the card and its driver lost for want of room, since it came up.
  std::uint64_t dropped = 0, received = 0;
};
InterfaceFacts look_at_interface(const std::string& name);
Remarks judge_interface(const InterfaceFacts& facts);

// The last line of the counters that `watch --stats` writes (docs/guides/watch.md): frames that its rings had
// no room for. Absent: it is no such line.
struct RingCounters {
  std::uint64_t packets = 0, kernel_drops = 0;
};
std::optional<RingCounters> parse_counters(std::string_view line);
Remark judge_counters(const std::string& file, const RingCounters& counters);

// Of frames: from here on a loss is said to be one.
inline constexpr double kLossWorthSaying = 0.0001;

}  // namespace mogura::doctor
