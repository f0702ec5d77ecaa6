#pragma once

// The asking proxy: an explicit forward proxy for HTTP/1.0 and 1.1 with CONNECT (RFC 9110, RFC 9112), one
// event loop per thread, shared-nothing but for the store of challenge states and the name cache. It relays;
// what is to be judged, challenge::Gate judges.
//
//   Proxy::open() ─ binds, so that errors are seen ─► start() ─ loops run ─► reload()* ─► stop()

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "challenge/exemptions.h"
#include "challenge/gate.h"
#include "challenge/state_store.h"
#include "pattern/matcher.h"
#include "protocol/inner.h"
#include "proxy/counters.h"
#include "proxy/metrics.h"
#include "proxy/options.h"
#include "service/event.h"
#include "session/session.h"

namespace mogura::proxy {

using service::Event;
using service::EventObserver;
using service::TunnelEvent;

// What the proxy is given by whoever runs it. The store must outlive it.
struct Surroundings {
  challenge::StateStore* store = nullptr;  // nullptr: nothing is judged (mode off)
  std::shared_ptr<const challenge::Gate> gate;
  // Takes sessions that are over; called on the loops' threads. Empty: none are made.
  std::function<void(const session::Session&)> on_session;
  EventObserver on_event{};  // the same
  // What tunnels are compared with; nullptr: nothing.
  std::shared_ptr<const pattern::Matcher> patterns{};
};

class Proxy {
 public:
  // Binds all addresses. Errors: kUsage, kIo (address in use, file cannot be opened), kFormat (htpasswd).
  static Result<std::unique_ptr<Proxy>> open(const Options& options, Surroundings surroundings);
  ~Proxy();

  void start();
  // Takes over a changed configuration without refusing a connection: access, challenge, time-outs, limits,
  // upstream; requests under way end by the old one. What cannot change while running (listen, threads, logs,
  // state) is left and named in the result. Log files are opened anew. Errors: as open(); the old one stays.
  Result<std::vector<std::string>> reload(const Options& options, std::shared_ptr<const challenge::Gate> gate,
                                          std::shared_ptr<const pattern::Matcher> patterns = nullptr);
  void reopen_logs();
  // Stops accepting, lets what is under way end for Timeouts::stop, then cuts it. May be called again.
  void stop();

  // Bound addresses: with port 0 asked for, the ports that were given.
  [[nodiscard]] std::vector<Endpoint> endpoints() const;
  [[nodiscard]] MetricsSource metrics_source() const;

 private:
  struct Impl;
  explicit Proxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mogura::proxy
