#pragma once

// From a host and port to a connected socket: resolves, asks whether each address may be gone to, and tries
// them as RFC 8305 has it (families alternate, the next attempt 250 ms after the last or when that failed;
// the first that connects wins). Literal addresses are asked about, too. One per loop.

#include <chrono>
#include <cstdint>
#include <string>

#include "proxy/detail/access_control.h"
#include "proxy/detail/asio.h"
#include "proxy/detail/resolver.h"

namespace mogura::proxy::detail {

enum class ConnectFailure : std::uint8_t {
  kNone,
  kName,       // no such name, or no answer: 502
  kForbidden,  // none of the addresses may be gone to: 403
  kRefused,    // all attempts failed: 502
  kTimeout,    // of the name, of all attempts, or of the system for each of them: 504
  kResources,  // no descriptors or memory left here: 503
};
std::string_view name_of(ConnectFailure failure);  // "name", "forbidden", "refused", "timeout", "resources"

struct Connected {
  ConnectFailure failure = ConnectFailure::kNone;
  std::string cause;  // one plain sentence, for logs and the error page
  Socket socket;      // non-blocking, TCP_NODELAY
  Endpoint server;
};

struct ConnectorOptions {
  std::chrono::milliseconds timeout{10'000}, dns_timeout{5'000}, attempt_delay{250};
};

class Connector {
 public:
  // Both outlive it, and it outlives what it connects.
  Connector(Resolver& resolver, const AccessControl& access, const ConnectorOptions& options)
      : resolver_(resolver), access_(access), options_(options) {}
  // `host`: a name, or an address with or without brackets. `checks_destination`: false for the parent proxy,
  // which the operator named. Resumes on the caller's executor, which must be one thread's.
  Awaitable<Connected> connect(std::string host, std::uint16_t port, bool checks_destination);

 private:
  Resolver& resolver_;
  const AccessControl& access_;
  ConnectorOptions options_;
};

}  // namespace mogura::proxy::detail
