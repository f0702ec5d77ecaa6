#pragma once

// Which service a session belongs to. Private to the room.

#include <string>

#include "session/session.h"

namespace mogura::finding::detail {

// A CONNECT whose target was cut by the capture still went to that proxy.
inline std::string destination_of(const session::Session& session) {
  return session.destination.empty() ? session.server.to_string() : session.destination;
}

// A tunnel in which nothing was sent is no service: browsers open spare connections. One from a log, where
// nobody saw packets, is.
inline bool is_service(const session::Session& session) {
  const bool was_seen = session.packets[0] + session.packets[1] != 0;
  return session.kind != session::Kind::kConnect || session.inner != protocol::Inner::kNone || !was_seen;
}

}  // namespace mogura::finding::detail
