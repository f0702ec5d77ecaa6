#pragma once

// A capture filter in tcpdump's language as a program for the kernel (classic BPF). Any thread.

#include <linux/filter.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "capture/detail/interface.h"

namespace mogura::capture::detail {

// Bytes of a frame that are captured: all of it, also where offload has glued segments together.
inline constexpr int kSnapLength = 262'144;

// Errors: kUsage, with what libpcap says about the place.
Result<std::vector<sock_filter>> compile_filter(const std::string& filter, const Interface& interface,
                                                packet::LinkType link_type);

}  // namespace mogura::capture::detail
