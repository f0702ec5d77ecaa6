#pragma once

// AF_PACKET sockets with mapped TPACKET_V3 rings, several of one interface as a fanout group: the kernel
// deals frames out by a symmetric hash of the flow, so that a connection's frames are all in one ring. IPv4
// fragments are put together first. The kernel sees through GRE, not through VXLAN and GENEVE, where it takes
// the outer ports: mirrors of that kind want one ring.

#include <memory>
#include <vector>

#include "capture/detail/interface.h"
#include "capture/live.h"

namespace mogura::capture::detail {

// Errors: kUnsupported where the kernel lacks what is needed; all else as open_live().
Result<std::vector<std::unique_ptr<LiveRing>>> open_packet_rings(const LiveOptions& options,
                                                                 const Interface& interface);

}  // namespace mogura::capture::detail
