#pragma once

// Names to addresses to connected sockets, in a way that ends in time.

#include <string>

#include "alert/detail/descriptor.h"
#include "base/result.h"

namespace mogura::alert::detail {

// A socket of `type` (SOCK_STREAM, SOCK_DGRAM), connected to the first address of the host that answers, not
// blocking. Errors: kIo, with host and port as place.
Result<Descriptor> connect_to(const std::string& host, const std::string& port, int type,
                              Clock::time_point deadline, const Bell& bell);

// To a datagram socket in the file system.
Result<Descriptor> connect_to_path(const std::string& path);

}  // namespace mogura::alert::detail
