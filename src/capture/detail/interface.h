#pragma once

// What must be known of a network interface before capturing from it. Any thread.

#include <optional>
#include <string>

#include "base/result.h"
#include "packet/frame.h"

namespace mogura::capture::detail {

struct Interface {
  std::string name;
  int index = 0;
  bool is_loopback = false;
  // What its frames begin with where the kernel hands them out raw; nothing: of a kind that only libpcap
  // knows.
  std::optional<packet::LinkType> link_type;
};

// Errors: there is no such interface (names those that there are), it is down.
Result<Interface> find_interface(const std::string& name);

// What to do about a missing permission.
Error no_permission(const std::string& interface);

}  // namespace mogura::capture::detail
