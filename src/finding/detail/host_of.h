#pragma once

// The host of a destination. Private to the room.

#include <string>
#include <string_view>

#include "base/text.h"

namespace mogura::finding::detail {

// Of "host:port", or "host" alone; in lower case, IPv6 with its brackets.
inline std::string host_of(std::string_view destination) {
  const std::size_t colon = destination.rfind(':');
  const bool has_port = colon != std::string_view::npos && !destination.ends_with(']');
  return lower(has_port ? destination.substr(0, colon) : destination);
}

}  // namespace mogura::finding::detail
