#pragma once

// Questions for lists of what was seen: sessions, clients and what the challenge said of them, alerts, the
// audit log, groups. Private to the room.

#include "console/detail/api_call.h"
#include "console/message.h"

namespace mogura::console::detail {

Reply list_sessions(const Call& call);
Reply list_clients(const Call& call);
Reply list_verdicts(const Call& call);
Reply list_challenges(const Call& call);
Reply list_alerts(const Call& call);
Reply list_audit(const Call& call);
Reply list_populations(const Call& call);

}  // namespace mogura::console::detail
