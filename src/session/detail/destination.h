#pragma once

// What stands for the destination of a connection that carried payload but named none.

#include <string>

#include "session/finished.h"

namespace mogura::session::detail {

// After the endpoints are known. A proxy's own endpoint is nobody's destination.
inline void name_destination(Finished& record) {
  Session& session = record.session;
  if (!session.destination.empty() || record.keys.to_proxy) return;
  session.destination = session.kind == Kind::kOther && !session.sni.empty()
                            ? session.sni + ":" + std::to_string(session.server.port)
                            : session.server.to_string();
}

}  // namespace mogura::session::detail
