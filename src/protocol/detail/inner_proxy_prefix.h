#pragma once

// The header that load balancers put before a connection's own bytes (HAProxy's PROXY protocol, versions 1
// and 2). What it says is not of interest here, only where it ends.

#include "protocol/detail/inner_verdict.h"

namespace mogura::protocol::inner {

// kYes: there is a whole header, and it has been taken off `bytes`. Otherwise `bytes` is as it was.
Match skip_proxy_prefix(ByteView& bytes);

}  // namespace mogura::protocol::inner
