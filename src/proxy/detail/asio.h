#pragma once

// Asio's types as this room calls them; they are those of room `service`.

#include "service/asio.h"

namespace mogura::proxy::detail {

using service::Acceptor;
using service::Awaitable;
using service::Executor;
using service::kAwait;
using service::Socket;
using service::Timer;

}  // namespace mogura::proxy::detail
