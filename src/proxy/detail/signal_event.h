#pragma once

// Room `service`'s, as this room calls it.

#include "service/signal_event.h"

namespace mogura::proxy::detail {

using service::SignalEvent;

}  // namespace mogura::proxy::detail
