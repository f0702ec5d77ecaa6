#pragma once

// A socket that takes connections, one of several on its address: each event loop has its own, and the kernel
// deals them out (SO_REUSEPORT). Any thread.

#include "base/address.h"
#include "base/result.h"

namespace mogura::service {

struct Listener {
  int descriptor = -1;  // non-blocking, the caller's to close
  Endpoint endpoint;    // where it is: with port 0 asked for, the port that was given
};

// Errors: kIo (the address is in use by others, or not this machine's).
Result<Listener> listen_on(const Endpoint& wanted);

}  // namespace mogura::service
