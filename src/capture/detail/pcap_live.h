#pragma once

// Live capture through libpcap, where the kernel has no rings that we know how to read: other systems, odd
// link types, the interface "any".

#include <memory>

#include "capture/live.h"

namespace mogura::capture::detail {

Result<std::unique_ptr<LiveRing>> open_pcap(const LiveOptions& options);

}  // namespace mogura::capture::detail
